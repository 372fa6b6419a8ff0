# Makefile -- build, test and install s2s. `make help` lists the targets.
#
# Every source is compiled twice: in float (build/float) and in double (build/double). Each variant is one library, libs2s.a,
# on which its program and its tests stand. Objects follow the headers they include and the flags they were made with.
# `make V=1` shows whole commands.

BUILD      ?= build
PREFIX     ?= /usr/local
PYTHON     ?= python3
OPT        ?= -O3 -g
CFLAGS     ?=
PKG_CONFIG ?= pkg-config
PACKAGES    = yaml-0.1 libpcre2-8 jansson sqlite3

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings
# Bits are the same on every machine: nothing is contracted behind our back, every fused multiply-add is written out.
BASE = -std=gnu11 -ffp-contract=off -fno-math-errno -fopenmp -D_GNU_SOURCE -I. -Itoolkit
# Empty where pkg-config is not installed yet; `make deps` is run before anything that needs it.
BASE += $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null)
LIBS := $(shell $(PKG_CONFIG) --libs $(PACKAGES) 2>/dev/null) -lm

# --- what there is -------------------------------------------------------------------------------------------------------------

# Kernel files are compiled for their instruction set, and only for a machine that has it; nothing else is tied to a CPU.
MACHINE := $(firstword $(subst -, ,$(shell $(CC) -dumpmachine 2>/dev/null)))
KERNELS_x86_64  = avx2 avx512 amx_high amx_medium
KERNELS_aarch64 = neon
FOREIGN = $(filter-out $(KERNELS_$(MACHINE)),$(KERNELS_x86_64) $(KERNELS_aarch64))
ISA_kernels_avx2   = -mavx2 -mfma -mbmi2
ISA_kernels_avx512 = -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mbmi2 -mprefer-vector-width=512
# Two fields just written, read as one vector, would wait until all that tiles have stored is in memory: so no vectors that are not asked for.
ISA_kernels_amx_high   = $(ISA_kernels_avx512) -mavx512bf16 -mamx-tile -mamx-bf16 -fno-tree-slp-vectorize
ISA_kernels_amx_medium = $(ISA_kernels_amx_high)
# A run records how the program was built (experiments/environment.c).
ISA_environment = -DS2S_FLAGS='"$(strip $(OPT) -ffp-contract=off $(filter-out -Werror,$(CFLAGS)))"'

MAIN    = experiments/cli/main.c
SOURCES = $(sort $(filter-out $(FOREIGN:%=toolkit/math/kernels_%.c),\
            $(wildcard toolkit/*/*.c datasets/*.c experiments/*.c experiments/cli/*.c)))
LIBRARY = $(filter-out $(MAIN),$(SOURCES))
TESTS   = $(sort $(wildcard tests/unit/*/*.c tests/config_bad/*.c tests/contract/*.c tests/golden/*.c))
SUITES  = $(wildcard tests/cli tests/fault)

# --- how it is made ------------------------------------------------------------------------------------------------------------

MAKEFLAGS += --no-builtin-rules --no-print-directory
# As many jobs as cores, unless the user said -j.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2))
Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-4s %s\n' $(1) $(2))

.DEFAULT_GOAL = all
.DELETE_ON_ERROR:
.PHONY: FORCE

FLAGS_float  = $(BASE) $(OPT) $(WARN)
FLAGS_double = $(BASE) $(OPT) $(WARN) -DS2S_DOUBLE

# A file that changes only when the text in it does: objects hang on their flags, libraries on the list of their members.
# $(2) is run before a change is written down. -Werror changes no object, so it may come and go.
define remember
@mkdir -p $(@D)
@printf '%s\n' '$(strip $(1))' | cmp -s - $@ || { $(2) && printf '%s\n' '$(strip $(1))' >$@; }
endef

define VARIANT
$(BUILD)/$(1)/flags: FORCE
	$$(call remember,$$(CC) $$(FLAGS_$(1)) $$(filter-out -Werror,$$(CFLAGS)),.ci/deps '$$(CC)' --check build)
$(BUILD)/$(1)/members: FORCE
	$$(call remember,$$(LIBRARY),:)
$(BUILD)/$(1)/%.o: %.c $(BUILD)/$(1)/flags
	@mkdir -p $$(@D)
	$$(call say,CC,$$@)
	$$(Q)$$(CC) $$(FLAGS_$(1)) $$(ISA_$$(basename $$(notdir $$<))) $$(CFLAGS) -MMD -MP -c $$< -o $$@
$(BUILD)/$(1)/libs2s.a: $(LIBRARY:%.c=$(BUILD)/$(1)/%.o) $(BUILD)/$(1)/members
	$$(call say,AR,$$@)
	$$(Q)rm -f $$@ && $$(AR) rcs $$@ $$(filter %.o,$$^)
$(BUILD)/$(1)/s2s: $(MAIN:%.c=$(BUILD)/$(1)/%.o) $(BUILD)/$(1)/libs2s.a
	$$(call say,LD,$$@)
	$$(Q)$$(CC) -fopenmp $$(CFLAGS) $$^ -o $$@ $$(LIBS)
$(BUILD)/$(1)/unit: $(TESTS:%.c=$(BUILD)/$(1)/%.o) $(BUILD)/$(1)/libs2s.a
	$$(call say,LD,$$@)
	$$(Q)$$(CC) -fopenmp $$(CFLAGS) $$^ -o $$@ $$(LIBS) -lcriterion
-include $(patsubst %.c,$(BUILD)/$(1)/%.d,$(SOURCES) $(TESTS))
endef
$(eval $(call VARIANT,float))
$(eval $(call VARIANT,double))

# What users meet stands at the top of build/.
$(BUILD)/s2s: $(BUILD)/float/s2s
	$(Q)cp -f $< $@
$(BUILD)/s2s-double: $(BUILD)/double/s2s
	$(Q)cp -f $< $@
s2s: $(BUILD)/s2s
	$(Q)ln -sf $< $@

programs: $(BUILD)/s2s $(BUILD)/s2s-double $(if $(filter build,$(BUILD)),s2s)
units: $(BUILD)/float/unit $(BUILD)/double/unit
.PHONY: programs units

# --- what users type -----------------------------------------------------------------------------------------------------------
# These may start on a bare machine: they install what is missing, then call make again, which finds it, with all cores.

.PHONY: all run test test-long check asan deps deps-optional lint bench bench-peers bench-scale reproduce reproduce-all seconds compare-cells install uninstall clean help

all: ## build ./s2s and its double-precision twin (the default)
	@$(MAKE) $(JOBS) programs

run: ## install what is missing, build, train configs/addition.yaml and ask it a sum
	@.ci/deps '$(CC)' build
	@$(MAKE) $(JOBS) $(BUILD)/s2s s2s
	./s2s run configs/addition.yaml
	@printf '\nAsk it a sum:\n'
	./s2s predict latest 12+345

test: ## install what is missing, build, run all tests in float and in double
	@.ci/deps '$(CC)' build test
	@$(MAKE) check

test-long: ## the same with the exhaustive forms of the tests
	@S2S_LONG=1 $(MAKE) test

check: ## build and run all tests; install nothing
	@$(MAKE) $(JOBS) programs units
	@failed=0; \
	for unit in $(BUILD)/float/unit $(BUILD)/double/unit; do echo "$$unit"; $(UNIT_ENV) $$unit || failed=1; done; \
	tests/cases $(BUILD)/s2s $(SUITES) || failed=1; \
	exit $$failed

# What a test makes dies with its process; whether the program itself leaks, the command-line cases tell.
asan: ## run all tests under the address and undefined-behaviour sanitizers, in build/asan
	@.ci/deps '$(CC)' build test
	@$(MAKE) BUILD=build/asan OPT='-O1 -g -fno-omit-frame-pointer' \
	    CFLAGS='$(CFLAGS) -fsanitize=address,undefined -fno-sanitize-recover=undefined -DS2S_NO_CLONES' UNIT_ENV=ASAN_OPTIONS=detect_leaks=0 check

lint: ## check floors, forbidden calls, lengths and leftovers
	@tests/lint/lint

deps: ## install compiler, libraries and test framework (apt), or print what to install
	@.ci/deps '$(CC)' build test

deps-optional: ## the same, and what is used when it is there: gnuplot, valgrind
	@.ci/deps '$(CC)' build test optional

bench: all ## time training and prediction of the addition model on this machine
	./s2s bench configs/addition.yaml

bench-peers: all ## the same beside PyTorch, Keras and ONNX Runtime: PYTHON=/path/to/python that has them, OPTIONS=--help
	$(PYTHON) tests/bench/compare.py $(OPTIONS)

bench-kernels: $(BUILD)/float/libs2s.a ## how much of the FMA peak the kernels reach, each alone: OPTIONS='KERNEL WORD UNITS'
	$(Q)$(CC) $(FLAGS_float) $(CFLAGS) tests/bench/bench_kernels.c $< -o $(BUILD)/float/bench_kernels $(LIBS)
	$(BUILD)/float/bench_kernels $(OPTIONS)

bench-scale: all ## what a step costs as batches, units, steps, sequences and vocabularies grow
	@tests/bench/scale

reproduce: all ## train 2 and 3 digits with Keras' settings beside Keras' published results, minutes
	@tests/reproduce/run

reproduce-all: all ## the same with 4 and 5 digits, half an hour or more
	@tests/reproduce/run all

seconds: all ## each cell's seconds to .99 beside Keras and PyTorch: PYTHON=/path/to/python that has them
	@tests/reproduce/seconds $(PYTHON)

compare-cells: all ## SimpleRNN, GRU and LSTM at equal units and at equal parameters, 2 to 5 digits: an hour of one core
	@tests/reproduce/cells

# Where shells look for completions, under PREFIX/share.
COMPLETION_bash = bash-completion/completions/s2s
COMPLETION_zsh  = zsh/site-functions/_s2s
COMPLETION_fish = fish/vendor_completions.d/s2s.fish

install: all ## copy programs, configs and completions under PREFIX (default /usr/local; DESTDIR is honoured)
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/share/s2s/configs'
	install -m 755 $(BUILD)/s2s $(BUILD)/s2s-double '$(DESTDIR)$(PREFIX)/bin'
	install -m 644 LICENSE README.md '$(DESTDIR)$(PREFIX)/share/s2s'
	cp -R configs/. '$(DESTDIR)$(PREFIX)/share/s2s/configs'
	install -d $(foreach shell,bash zsh fish,'$(DESTDIR)$(PREFIX)/share/$(dir $(COMPLETION_$(shell)))')
	$(foreach shell,bash zsh fish,./s2s completion $(shell) >'$(DESTDIR)$(PREFIX)/share/$(COMPLETION_$(shell))' &&) :

uninstall: ## take away what install copied
	rm -f '$(DESTDIR)$(PREFIX)/bin/s2s' '$(DESTDIR)$(PREFIX)/bin/s2s-double'
	rm -f $(foreach shell,bash zsh fish,'$(DESTDIR)$(PREFIX)/share/$(COMPLETION_$(shell))')
	rm -rf '$(DESTDIR)$(PREFIX)/share/s2s'

clean: ## delete what was built; runs stay
	rm -rf $(BUILD) s2s

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile
