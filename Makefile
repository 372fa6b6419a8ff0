# s2s -- build, test, install. `make help` lists the targets.
CC     ?= gcc
BUILD  ?= build
PKGS    = yaml-0.1 libpcre2-8 jansson sqlite3
OPT    ?= -O3 -g
WARN    = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings
CFLAGS ?=
BASE    = -std=gnu11 -ffp-contract=off -fno-math-errno -fopenmp -D_GNU_SOURCE -I. -Itoolkit $(shell pkg-config --cflags $(PKGS))
LIBS    = $(shell pkg-config --libs $(PKGS)) -lm

SOURCES = $(wildcard toolkit/*/*.c datasets/*.c experiments/*.c experiments/cli/*.c)
MAIN    = experiments/cli/main.c
LIBRARY = $(filter-out $(MAIN),$(SOURCES))
TESTS   = $(wildcard tests/unit/*/*.c tests/contract/*.c tests/golden/*.c tests/train/*.c)

# Kernel files are compiled for their instruction set; everything else is not tied to a machine.
ISA_kernels_avx2   = -mavx2 -mfma
ISA_kernels_avx512 = -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mprefer-vector-width=512

define VARIANT
$(BUILD)/$(1)/%.o: %.c
	@mkdir -p $$(@D)
	$(CC) $(BASE) $(2) $(OPT) $(WARN) $$(ISA_$$(basename $$(notdir $$<))) $(CFLAGS) -MMD -MP -c $$< -o $$@
$(BUILD)/$(1)/libs2s.a: $$(LIBRARY:%.c=$(BUILD)/$(1)/%.o)
	@rm -f $$@
	ar rcs $$@ $$^
$(BUILD)/$(1)/unit: $$(TESTS:%.c=$(BUILD)/$(1)/%.o) $(BUILD)/$(1)/libs2s.a
	$(CC) -fopenmp $(CFLAGS) $$^ -o $$@ $(LIBS) -lcriterion
-include $$(patsubst %.c,$(BUILD)/$(1)/%.d,$$(SOURCES) $$(TESTS))
endef
$(eval $(call VARIANT,float,))
$(eval $(call VARIANT,double,-DS2S_DOUBLE))

.DEFAULT_GOAL = all
all: $(BUILD)/s2s $(BUILD)/s2s-double

$(BUILD)/s2s: $(BUILD)/float/experiments/cli/main.o $(BUILD)/float/libs2s.a
	$(CC) -fopenmp $(CFLAGS) $^ -o $@ $(LIBS)
	@ln -sf $@ s2s
$(BUILD)/s2s-double: $(BUILD)/double/experiments/cli/main.o $(BUILD)/double/libs2s.a
	$(CC) -fopenmp $(CFLAGS) $^ -o $@ $(LIBS)

unit: $(BUILD)/float/unit $(BUILD)/double/unit
	$(BUILD)/float/unit
	$(BUILD)/double/unit

clean:
	rm -rf $(BUILD) s2s

.PHONY: all unit clean
