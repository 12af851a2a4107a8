{
  "targets": [
    {
      "target_name": "redis_native",
      "sources": [
        "addon.cc",
        "bind/algorithms.cc",
        "bind/arguments.cc",
        "bind/event-loop.cc",
        "bind/process.cc",
        "bind/transport.cc",
        "core/bits/bit-operations.cc",
        "core/crc64/crc64.cc",
        "core/lzf/lzf.cc",
        "core/memory/mapping.cc",
        "core/memory/place-allocator.cc",
        "core/process/process.cc",
        "core/reactor/endpoint.cc",
        "core/reactor/listener.cc",
        "core/reactor/output-queue.cc",
        "core/reactor/reactor.cc",
        "core/reactor/reactor-accept.cc",
        "core/reactor/reactor-input.cc",
        "core/reactor/reactor-output.cc",
        "core/resp/scan-all.cc",
        "core/resp/scanner.cc"
      ],
      "include_dirs": ["core", "."],
      "defines": ["NAPI_VERSION=8"],
      "cflags": ["-O3", "-Wall", "-Wextra", "-fvisibility=hidden"],
      "cflags_cc": ["-std=c++17", "-fno-exceptions", "-fno-rtti"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-std=gnu++14"]
    }
  ]
}
