"""Reads the preprocessed headers with cffi, compares what it makes of them with the compiler, and
calls the library: ffi.py HEADERS LIBRARY INCLUDE_FOLDER WORK_FOLDER (see ffi.sh)."""

import os
import re
import subprocess
import sys

import cffi

headers, library, include, work = sys.argv[1:]
ffi = cffi.FFI()
text = open(headers).read()
# two functions have bodies, which no generator takes
ffi.cdef(re.sub(r"static inline [^{;]*\{.*?\n\}", "", text, flags=re.S))
lib = ffi.dlopen(library)


# ---- layout ----

def types():
    """Structs with their fields and enums that can be named in C."""
    for name in ffi.list_types()[0]:
        kind = ffi.typeof(name)
        if kind.kind == "struct" and kind.fields:
            yield name, kind
        elif kind.kind == "enum":
            yield name, kind


def layout():
    """What cffi thinks, in lines of 'expression value'."""
    for name, kind in types():
        yield f"sizeof({name})", ffi.sizeof(kind)
        if kind.kind == "enum":
            for constant, value in kind.relements.items():
                yield constant, value
        else:
            for field, place in kind.fields:
                yield f"offsetof({name}, {field})", place.offset


wanted = list(layout())
assert len(wanted) > 400, f"only {len(wanted)} facts in the headers"
with open(f"{work}/layout.c", "w") as file:
    file.write("#include <segment/segment.h>\n#include <stddef.h>\n#include <stdio.h>\n")
    file.write("int main(void) {\n")
    for expression, _ in wanted:
        file.write(f'    printf("%lld\\n", (long long)({expression}));\n')
    file.write("}\n")
compiler = os.environ.get("CC", "cc")
subprocess.run([compiler, "-std=c11", f"-I{include}", "-o", f"{work}/layout", f"{work}/layout.c"],
               check=True)
told = subprocess.run([f"{work}/layout"], check=True, capture_output=True, text=True).stdout.split()
differing = [(e, v, int(t)) for (e, v), t in zip(wanted, told) if v != int(t)]
assert len(told) == len(wanted) and not differing, f"cffi and the compiler differ: {differing}"

# ---- every declared function is there ----

functions = re.findall(r"\b(seg_[a-z0-9_]+)\([^()]*(?:\([^()]*\)[^()]*)*\)\s*;", text)
functions = [f for f in dict.fromkeys(functions) if f in dir(lib)]
assert len(functions) > 100, f"only {len(functions)} functions"
for function in functions:
    getattr(lib, function)

# ---- calls ----


def good(status):
    assert status == 0, ffi.string(lib.seg_error_detail()).decode()


def picture(width, height, value):
    """A seg_image around bytes of our own."""
    data = ffi.new("uint8_t[]", bytes(value(x, y) for y in range(height) for x in range(width)))
    image = ffi.new("seg_image *")
    good(lib.seg_image_wrap(image, data, width, width, height, lib.SEG_U8, 1))
    return image, data


def rows(image):
    return [bytes(ffi.buffer(ffi.cast("uint8_t *", image.data) + y * image.stride, image.width))
            for y in range(image.height)]


count = ffi.new("int32_t *")
methods = lib.seg_methods(count)
ids = [ffi.string(methods[i].id).decode() for i in range(count[0])]
assert "otsu" in ids and "canny" in ids, ids

dark_left, kept = picture(40, 30, lambda x, y: 20 if x < 17 else 200)
mask = ffi.new("seg_image *")
good(lib.seg_threshold(mask, ffi.NULL, dark_left, ffi.NULL, ffi.NULL, ffi.NULL))
assert rows(mask) == [bytes(17) + b"\xff" * 23] * 30

# options by name, a runner written here, a context, its decisions
calls = []


@ffi.callback("void(void *, int32_t, seg_task, void *)")
def run(user, tasks, task, argument):
    calls.append(tasks)
    for i in reversed(range(tasks)):
        task(argument, i, i % 2)


runner = ffi.new("seg_runner *", {"threads": 2, "run": run})
env = ffi.new("seg_env *", {"runner": runner})
tall, tall_data = picture(64, 300, lambda x, y: 30 if (x // 16 + y // 50) % 2 else 220)
context = ffi.new("seg_context **")
result = ffi.new("seg_result *")
frame = ffi.new("seg_frame *", {"image": tall[0]})
lib.seg_result_init(result, env)
good(lib.seg_context_create(context, lib.seg_method_find(b"canny"), ffi.NULL, env))
good(lib.seg_context_apply(context[0], frame, 0, result))
names = [ffi.string(result.decisions[i].name).decode() for i in range(result.decision_count)]
assert names == ["low", "high", "edge_share"], names
assert calls and max(calls) > 1, calls
assert any(b"\xff" in row for row in rows(result.mask))
lib.seg_context_free(context[0])
lib.seg_result_free(result)
lib.seg_image_unref(mask)

# errors
assert lib.seg_image_alloc(mask, -1, 5, lib.SEG_U8, 1, ffi.NULL) < 0
assert b"-1" in ffi.string(lib.seg_error_detail())
print(f"{len(wanted)} sizes, offsets and constants, {len(functions)} functions, "
      f"{len(ids)} methods")
