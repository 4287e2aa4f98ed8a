# hujson. `make help` lists the targets; nothing below the settings needs a change.

# -- settings -----------------------------------------------------------------
V        ?= release
PREFIX   ?= /usr/local
DESTDIR  ?=
CC       ?= cc
AR       ?= ar
CFLAGS   ?=
CPPFLAGS ?=
LDFLAGS  ?=

# -- variants: objects of one never meet those of another -----------------------
B := build/$(V)
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-qual -Wwrite-strings \
	-Wundef -Wformat=2 -Wvla -Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion \
	-fno-common
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
CFLAGS.release  := -O2 -g
CFLAGS.debug    := -O0 -g3
CFLAGS.asan     := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
LDFLAGS.asan    := -fsanitize=address,undefined
ALL_CFLAGS  = -std=c11 -D_GNU_SOURCE -Ilib -I. $(WARN) $(CFLAGS.$(V)) -fvisibility=hidden \
	$(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(LDFLAGS.$(V)) $(LDFLAGS)

LIB_SRC  := $(filter-out %_test.c %_bench.c,$(wildcard lib/*/*.c lib/*.c))
CMD_SRC  := $(filter-out %_test.c %_bench.c,$(wildcard cmd/*.c))
TEST_SRC := $(wildcard lib/*/*_test.c cmd/*_test.c)
LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o)
CMD_OBJ  := $(CMD_SRC:%.c=$(B)/%.o)
TEST_OBJ := $(TEST_SRC:%.c=$(B)/%.o)

.PHONY: all clean
all: $(B)/hujson

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(B)/libhujson.a: $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(B)/hujson: $(CMD_OBJ) $(B)/libhujson.a
	$(CC) $(ALL_LDFLAGS) $^ -o $@

$(B)/hujson-test: $(TEST_OBJ) $(filter-out $(B)/cmd/main.o,$(CMD_OBJ)) $(B)/libhujson.a
	$(CC) $(ALL_LDFLAGS) $^ -lcriterion -o $@

.PHONY: test
test: $(B)/hujson-test
	$(B)/hujson-test -j0

clean:
	rm -rf build

-include $(LIB_OBJ:.o=.d) $(CMD_OBJ:.o=.d) $(TEST_OBJ:.o=.d)
