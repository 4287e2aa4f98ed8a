# hujson. `make help` lists the targets; nothing below the settings needs a change.

# -- settings ----------------------------------------------------------------------------------
V        ?= release
PREFIX   ?= /usr/local
DESTDIR  ?=
CC       ?= cc
CXX      ?= c++
AR       ?= ar
CFLAGS   ?=
CPPFLAGS ?=
LDFLAGS  ?=
WERROR   ?=
VERBOSE  ?=
TIME     ?= 60
# The program without shared libraries: it starts in 0.26 ms, with a shared libc in 0.35 ms, and a
# hook or an editor starts it at every save. STATIC= links it the usual way.
STATIC   ?= $(if $(and $(call found,libc.a),$(call found,rcrt1.o),$(call found,libpcre2-8.a)),1)

bindir     ?= $(PREFIX)/bin
libdir     ?= $(PREFIX)/lib
libexecdir ?= $(PREFIX)/libexec
includedir ?= $(PREFIX)/include
mandir     ?= $(PREFIX)/share/man
bashdir    ?= $(PREFIX)/share/bash-completion/completions
zshdir     ?= $(PREFIX)/share/zsh/site-functions
fishdir    ?= $(PREFIX)/share/fish/vendor_completions.d

# -- variants: objects of one never meet those of another ----------------------------------------
B := build/$(V)

found = $(filter /%,$(shell $(CC) -print-file-name=$(1)))
COMPILER := $(if $(findstring clang,$(shell $(CC) --version)),clang,gcc)
VERSION  := $(shell sed -n 's/^.define HJ_VERSION "\(.*\)"$$/\1/p' lib/hujson.h)
ABI      := 0

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-qual -Wwrite-strings \
	-Wundef -Wformat=2 -Wvla -Wimplicit-fallthrough -Wnull-dereference -Wdouble-promotion \
	-Wdate-time -fno-common
WARN.gcc   := -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wformat-truncation=2 \
	-Wstringop-overflow=4
WARN.clang := -Wunreachable-code -Wassign-enum -Wmissing-variable-declarations
# Criterion's Test() defines functions and variables without a declaration before them.
WARN.test  := -Wno-missing-prototypes -Wno-missing-variable-declarations -Wno-pedantic \
	$(if $(filter gcc,$(COMPILER)),-Wno-format-truncation,-Wno-string-concatenation)

HARDEN := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection
ifneq ($(filter x86_64 i686,$(shell uname -m)),)
HARDEN += -fcf-protection
endif
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

CFLAGS.release   := -O2 -g $(HARDEN)
LDFLAGS.release  := -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
CFLAGS.debug     := -O0 -g3
CFLAGS.asan      := -O1 -g $(SANITIZE)
LDFLAGS.asan     := $(SANITIZE)
CFLAGS.coverage  := -O0 -g --coverage
LDFLAGS.coverage := --coverage
# Under clang alone. V=afl is the same with the compiler of AFL++.
CFLAGS.fuzz      := -O1 -g $(SANITIZE) -fsanitize=fuzzer-no-link -DHJ_FUZZING
LDFLAGS.fuzz     := $(SANITIZE)
CFLAGS.afl       := -O2 -g -DHJ_FUZZING
PROGRAM.release   = $(if $(STATIC),-static-pie $(PACKED),-pie)
# The tables of rules are full of addresses, which a program that lies anywhere corrects at its start:
# packed they are 1 KB to read instead of 136 KB, a tenth of the time until main. glibc 2.36 reads them.
PACKED = $(shell printf '\043include <features.h>\n\043if __GLIBC_PREREQ(2, 36)\nyes\n\043endif\n' | \
	$(CC) -E -P - 2>/dev/null | grep -q yes && \
	$(CC) -Wl,--help 2>/dev/null | grep -q pack-relative-relocs && echo -Wl,-z,pack-relative-relocs)

ALL_CFLAGS  = -std=c11 -D_GNU_SOURCE -Ilib -I. $(WARN) $(WARN.$(COMPILER)) \
	$(if $(WERROR),-Werror) -ffile-prefix-map=$(CURDIR)=. -fvisibility=hidden -fPIE \
	$(CFLAGS.$(V)) $(CPPFLAGS) $(CFLAGS)
ALL_LDFLAGS = $(LDFLAGS.$(V)) $(LDFLAGS)

# -- sources: a file is found by its place and its name's end ------------------------------------
SUPPORT  := $(wildcard testdata/support/*.c)
# What talks to the network (lib/api, cmd/net) is a program of its own, hujson-net, that hujson starts
# for those commands: fmt and lint load neither libcurl nor libmicrohttpd.
LIB_SRC  := $(sort $(filter-out %_test.c %_bench.c lib/api/%,$(wildcard lib/*/*.c lib/*.c)))
API_SRC  := $(sort $(filter-out %_test.c %_bench.c,$(wildcard lib/api/*.c)))
CMD_SRC  := $(sort $(filter-out %_test.c %_bench.c,$(wildcard cmd/*.c)))
NET_SRC  := $(sort $(filter-out %_test.c %_bench.c,$(wildcard cmd/net/*.c)))
TEST_SRC := $(sort $(filter-out lib/api/%,$(wildcard lib/*_test.c lib/*/*_test.c cmd/*_test.c)) $(SUPPORT))
NET_TEST_SRC := $(sort $(wildcard lib/api/*_test.c cmd/net/*_test.c) $(SUPPORT))
TARGETS  := $(sort $(patsubst fuzz/fuzz_%.c,%,$(wildcard fuzz/fuzz_*.c)))
TWIN_SRC := $(sort $(wildcard fuzz/twin_*.c))
BENCH_SRC := $(sort $(wildcard lib/*/*_bench.c cmd/*_bench.c))
HEADERS  := $(sort $(wildcard lib/*.h lib/*/*.h cmd/*.h cmd/*/*.h fuzz/*.h testdata/support/*.h))

LIB_OBJ  := $(LIB_SRC:%.c=$(B)/%.o)
PIC_OBJ  := $(LIB_SRC:%.c=$(B)/pic/%.o)
CMD_OBJ  := $(CMD_SRC:%.c=$(B)/%.o)
API_OBJ  := $(API_SRC:%.c=$(B)/%.o)
NET_OBJ  := $(NET_SRC:%.c=$(B)/%.o)
NET_TEST_OBJ := $(NET_TEST_SRC:%.c=$(B)/%.o)
NET_LIBS := -lcurl -lmicrohttpd -lcrypto -lpcre2-8
TEST_OBJ := $(TEST_SRC:%.c=$(B)/%.o)
TWIN_OBJ := $(TWIN_SRC:%.c=$(B)/%.o)
FUZZ_OBJ := $(TARGETS:%=$(B)/fuzz/fuzz_%.o) $(B)/fuzz/replay.o
BENCH_OBJ := $(BENCH_SRC:%.c=$(B)/%.o)
SHARED   := $(B)/libhujson.so.$(VERSION)
PAGES    := $(B)/hujson.1 $(B)/hujson.bash $(B)/_hujson $(B)/hujson.fish
RULES    := $(B)/rules.md $(B)/rules.html $(B)/endpoints.md

# Another variant's folder, beside this one's: build/debug → build/asan, build/x → build/x-asan.
other = $(if $(filter %/$(V),$(B)),$(dir $(B))$(1),$(B)-$(1))

# One short line a file; VERBOSE=1 shows the commands.
say = $(if $(VERBOSE),,@echo '  $(1)	$(2)';)

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all pages demo check test conformance twin deps fuzz fuzz-build fuzz-afl fuzz-replay bench bench-core bench-deps \
	format check-format check-layers check-headers check-exports coverage install uninstall \
	clean dist-clean help FORCE

all: $(B)/hujson $(B)/hujson-net $(B)/hujsonfmt $(B)/libhujson.a $(B)/libhujson.so $(B)/include/hujson.h \
	$(B)/hujson.pc

# -- objects: made again when the flags change -----------------------------------------------------
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' >$@

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

$(B)/pic/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$< (shared))$(CC) $(ALL_CFLAGS) -fPIC -MMD -MP -c $< -o $@

$(B)/%_test.o: %_test.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(ALL_CFLAGS) $(WARN.test) -MMD -MP -c $< -o $@

-include $(patsubst %.o,%.d,$(LIB_OBJ) $(PIC_OBJ) $(CMD_OBJ) $(TEST_OBJ) $(TWIN_OBJ) $(FUZZ_OBJ) \
	$(API_OBJ) $(NET_OBJ) $(NET_TEST_OBJ) $(BENCH_OBJ) $(B)/lib/format/format_bench_peers.o)

# -- the library -----------------------------------------------------------------------------------
$(B)/libhujson.a: $(LIB_OBJ)
	@rm -f $@
	$(call say,AR,$@)$(AR) rcsD $@ $^

$(SHARED): $(PIC_OBJ) lib/hujson.map
	$(call say,LINK,$@)$(CC) -shared $(ALL_LDFLAGS) -Wl,-soname,libhujson.so.$(ABI) \
		-Wl,--version-script=lib/hujson.map $(PIC_OBJ) -o $@

$(B)/libhujson.so: $(SHARED)
	@ln -sf $(notdir $<) $(B)/libhujson.so.$(ABI)
	@ln -sf libhujson.so.$(ABI) $@

# One header for outside users: lib/hujson.h with the headers it names copied in.
$(B)/include/hujson.h: .ci/umbrella $(wildcard lib/*.h lib/*/*.h)
	@mkdir -p $(@D)
	@awk -f .ci/umbrella lib/hujson.h >$@

$(B)/hujson.pc: lib/hujson.pc.in lib/hujson.h FORCE
	@sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(libdir:$(PREFIX)%=$${prefix}%)|' \
		-e 's|@INCLUDEDIR@|$(includedir:$(PREFIX)%=$${prefix}%)|' \
		-e 's|@VERSION@|$(VERSION)|' $< >$@

# -- the program -----------------------------------------------------------------------------------
$(B)/hujson: $(CMD_OBJ) $(B)/libhujson.a
	$(call say,LINK,$@)$(CC) $(PROGRAM.$(V)) $(ALL_LDFLAGS) $^ -lpcre2-8 -o $@

$(B)/hujson-net: $(NET_OBJ) $(filter-out $(B)/cmd/online.o,$(CMD_OBJ)) $(API_OBJ) $(B)/libhujson.a
	$(call say,LINK,$@)$(CC) -pie $(ALL_LDFLAGS) $^ $(NET_LIBS) -o $@

$(B)/hujsonfmt: $(B)/hujson
	@ln -sf hujson $@

$(B)/hujson.1: $(B)/hujson
	@$< help --man >$@
$(B)/hujson.bash: $(B)/hujson
	@$< completion bash >$@
$(B)/_hujson: $(B)/hujson
	@$< completion zsh >$@
$(B)/hujson.fish: $(B)/hujson
	@$< completion fish >$@
$(B)/rules.md: $(B)/hujson
	@$< rules --format markdown >$@
$(B)/rules.html: $(B)/hujson
	@$< rules --format html >$@

$(B)/endpoints.md: $(B)/hujson $(B)/hujson-net
	@$< tailnet endpoints >$@

pages: $(PAGES) $(RULES)

# -- tests -----------------------------------------------------------------------------------------
$(B)/hujson-test: $(TEST_OBJ) $(TWIN_OBJ) $(filter-out $(B)/cmd/main.o,$(CMD_OBJ)) $(B)/libhujson.a
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) $^ -lcriterion -lpcre2-8 -o $@

$(B)/net-test: $(NET_TEST_OBJ) $(filter-out $(B)/cmd/main.o $(B)/cmd/online.o,$(CMD_OBJ)) $(NET_OBJ) \
		$(API_OBJ) $(B)/libhujson.a
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) $^ -lcriterion $(NET_LIBS) -o $@

test: $(B)/hujson-test $(B)/net-test $(B)/hujson
	.ci/test $(B)/hujson-test
	.ci/test $(B)/net-test

# How far we agree with recorded answers, and which mistakes are found: HUJSON_SHARED=FOLDER, or
# DATA=FOLDER of categories with scenarios. The table of the former is lib/engine/conformance.md.
conformance: $(B)/hujson-test
	.ci/conformance $(if $(DATA),--data '$(DATA)') $< $(B)/conformance.md
	$(if $(DATA)$(if $(HUJSON_SHARED),,no),,cmp $(B)/conformance.md lib/engine/conformance.md)

# Access and differences against their plain twin, on many more random tailnets than the tests take.
twin: $(B)/hujson-test
	TWIN_TAILNETS=$(or $(N),100000) $< --filter 'twin_@(reach|difference)/*' --timeout 3600

check:
	.ci/deps net check
	$(MAKE) V=$(V) B=$(B) all pages $(B)/hujson-test $(B)/net-test fuzz-build
	V=$(V) .ci/check $(B)

demo:
	.ci/deps build
	$(MAKE) V=$(V) B=$(B) $(B)/hujson
	.ci/demo $(B)/hujson

deps:
	.ci/deps build net check

check-layers:
	.ci/layers

check-headers: $(B)/include/hujson.h
	.ci/headers $(B)/include/hujson.h $(HEADERS)

check-exports: $(B)/libhujson.so $(B)/include/hujson.h
	.ci/exports $(SHARED) $(B)/include/hujson.h

# Not lib/hujson.h: the order of its includes is the order of the manual. Not test data.
FORMATTED = $(shell git ls-files --cached --others --exclude-standard '*.c' '*.h' '*.cc' | \
	grep -v -e '^lib/hujson.h$$' -e '^testdata/[^/]*/[^/]*/')
format:
	clang-format-14 -i $(FORMATTED)
check-format:
	clang-format-14 --dry-run -Werror $(FORMATTED)

coverage:
	$(MAKE) V=coverage B=$(call other,coverage) CC=gcc $(call other,coverage)/hujson-test
	.ci/coverage $(call other,coverage)

# -- fuzzing: one source a target; libFuzzer, AFL++ or, under any compiler, replay of files ---------
FUZZ_LINK.fuzz := -fsanitize=fuzzer
FUZZ_LINK.afl  := -fsanitize=fuzzer
FUZZ_MAIN := $(if $(FUZZ_LINK.$(V)),,$(B)/fuzz/replay.o)

$(TARGETS:%=$(B)/fuzz_%): $(B)/fuzz_%: $(B)/fuzz/fuzz_%.o $(TWIN_OBJ) $(FUZZ_MAIN) $(B)/libhujson.a
	$(call say,LINK,$@)$(CC) $(FUZZ_LINK.$(V)) $(ALL_LDFLAGS) $^ -o $@

fuzz-build: $(TARGETS:%=$(B)/fuzz_%)

fuzz-replay: fuzz-build
	.ci/replay $(B) $(TARGETS)

fuzz:
	$(MAKE) V=fuzz B=$(call other,fuzz) CC=clang fuzz-build
	.ci/fuzz $(call other,fuzz) $(TIME) $(or $(T),$(TARGETS))

fuzz-afl:
	$(MAKE) V=afl B=$(call other,afl) CC=afl-clang-fast fuzz-build
	.ci/fuzz-afl $(call other,afl) $(TIME) $(or $(T),$(TARGETS))

# -- benchmark -------------------------------------------------------------------------------------
# Inputs are generated into $(B)/bench. Peers are optional: what is missing is said, not failed.
BENCH_LIBS := $(if $(wildcard /usr/include/json/json.h /usr/include/jsoncpp/json/json.h),-ljsoncpp) \
	$(if $(wildcard /usr/include/simdjson.h),-lsimdjson) \
	$(if $(wildcard /usr/include/yajl/yajl_parse.h),-lyajl)

$(B)/lib/format/format_bench_peers.o: lib/format/format_bench_peers.cc $(B)/flags
	@mkdir -p $(@D)
	$(call say,CXX,$@)$(CXX) -std=c++17 -O2 -g -Ilib -I. -I/usr/include/jsoncpp -MMD -MP -c $< -o $@

$(B)/lib/format/format_bench_sse2.o: lib/format/format_bench_peers.cc $(B)/flags
	@mkdir -p $(@D)
	$(call say,CXX,$@)$(CXX) -std=c++17 -O2 -g -DPEER_SSE2 -Ilib -I. -MMD -MP -c $< -o $@

$(B)/format_bench: $(B)/lib/format/format_bench.o $(B)/lib/format/input_bench.o \
		$(B)/lib/format/format_bench_peers.o $(B)/lib/format/format_bench_sse2.o \
		$(B)/libhujson.a
	$(call say,CXX,$@)$(CXX) $(ALL_LDFLAGS) $^ $(BENCH_LIBS) -o $@

$(B)/process_bench: $(B)/cmd/process_bench.o
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) $^ -o $@

$(B)/engine_bench: $(B)/lib/engine/engine_bench.o $(B)/lib/engine/tailnet_bench.o \
		$(B)/libhujson.a
	$(call say,LINK,$@)$(CC) $(ALL_LDFLAGS) $^ -o $@

bench-core: $(B)/format_bench $(B)/engine_bench
	$(B)/format_bench
	$(B)/engine_bench

bench: $(B)/format_bench $(B)/process_bench $(B)/engine_bench $(B)/hujson $(B)/hujson-net
	.ci/bench $(B)
	.ci/bench-online $(B)

bench-deps:
	.ci/deps build bench
	.ci/bench-peers $(B)/bench/peers

# -- installation ----------------------------------------------------------------------------------
D := $(DESTDIR)
install: all $(PAGES)
	install -d $(D)$(bindir) $(D)$(libexecdir)/hujson $(D)$(libdir)/pkgconfig $(D)$(includedir) $(D)$(mandir)/man1 \
		$(D)$(bashdir) $(D)$(zshdir) $(D)$(fishdir)
	install -m 755 $(B)/hujson $(D)$(bindir)/hujson
	ln -sf hujson $(D)$(bindir)/hujsonfmt
	install -m 755 $(B)/hujson-net $(D)$(libexecdir)/hujson/hujson-net
	install -m 644 $(B)/libhujson.a $(D)$(libdir)/libhujson.a
	install -m 644 $(SHARED) $(D)$(libdir)/$(notdir $(SHARED))
	ln -sf $(notdir $(SHARED)) $(D)$(libdir)/libhujson.so.$(ABI)
	ln -sf libhujson.so.$(ABI) $(D)$(libdir)/libhujson.so
	install -m 644 $(B)/include/hujson.h $(D)$(includedir)/hujson.h
	install -m 644 $(B)/hujson.pc $(D)$(libdir)/pkgconfig/hujson.pc
	install -m 644 $(B)/hujson.1 $(D)$(mandir)/man1/hujson.1
	ln -sf hujson.1 $(D)$(mandir)/man1/hujsonfmt.1
	install -m 644 $(B)/hujson.bash $(D)$(bashdir)/hujson
	install -m 644 $(B)/_hujson $(D)$(zshdir)/_hujson
	install -m 644 $(B)/hujson.fish $(D)$(fishdir)/hujson.fish

uninstall:
	rm -f $(D)$(bindir)/hujson $(D)$(bindir)/hujsonfmt $(D)$(libexecdir)/hujson/hujson-net \
		$(D)$(libdir)/libhujson.a \
		$(D)$(libdir)/$(notdir $(SHARED)) $(D)$(libdir)/libhujson.so.$(ABI) \
		$(D)$(libdir)/libhujson.so $(D)$(includedir)/hujson.h \
		$(D)$(libdir)/pkgconfig/hujson.pc $(D)$(mandir)/man1/hujson.1 \
		$(D)$(mandir)/man1/hujsonfmt.1 $(D)$(bashdir)/hujson $(D)$(zshdir)/_hujson \
		$(D)$(fishdir)/hujson.fish

clean:
	rm -rf $(B)
dist-clean:
	rm -rf build

help:
	@echo 'make            the program and the library, in $(B)'
	@echo 'make pages      the manual page, completions, the rules as Markdown and HTML, the endpoints of the API'
	@echo 'make demo       install what is missing, build, then format, lint and show a policy'
	@echo 'make check      install what is missing, build, run every test'
	@echo 'make test       run the Criterion tests alone'
	@echo 'make conformance  answers against recorded ones; HUJSON_SHARED=FOLDER has them, or DATA=FOLDER'
	@echo 'make twin       access and differences against a plain twin on N=100000 random tailnets'
	@echo 'make deps       install the Debian packages that building and testing need'
	@echo 'make bench      the benchmark table (make bench-deps installs the peers; bench-core: in process only)'
	@echo 'make fuzz       fuzz every target for TIME=60 seconds each; T="parse format" chooses'
	@echo 'make fuzz-afl   the same with AFL++; make fuzz-replay runs the stored inputs once'
	@echo 'make format     clang-format over everything; check-format only looks'
	@echo 'make check-layers check-headers check-exports   what the house promises'
	@echo 'make coverage   lines run by the tests, in build/coverage/report.txt'
	@echo 'make install uninstall   PREFIX=/usr/local DESTDIR='
	@echo 'make clean dist-clean    this variant; all of build/'
	@echo
	@echo 'V=release|debug|asan|coverage|fuzz  B=build/…  CC=gcc|clang  WERROR=1  STATIC=  VERBOSE=1'
