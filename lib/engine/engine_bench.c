/*
 * Speed and memory of the engine on the tailnet of a large company, and how they grow.
 *
 *     engine_bench            the table: each stage at 1/8, 1/4, 1/2 and the whole size
 *     engine_bench N          at 1/N of the size, alone: for profiling
 *     engine_bench --write FOLDER    the inputs of the whole size, as files
 *
 * Times are of the processor, the best of some rounds, with what a stage stands on made anew for each; memory is what
 * the stage and what it stands on hold at most, without the documents.
 */
#include "access/matrix.h"
#include "change/convert.h"
#include "change/difference.h"
#include "compile/compile.h"
#include "engine/coverage.h"
#include "engine/tailnet_bench.h"
#include "engine/tests.h"
#include "policy/accept.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const struct tailnet_size whole = {20000, 10000, 50000, 100000};
/* A policy of 30 KB, as a company of medium size has it. */
static const struct tailnet_size typical = {320, 100, 200, 50};

static void die(const char *what)
{
	fprintf(stderr, "engine_bench: %s\n", what);
	exit(1);
}

static void demand(hj_status status)
{
	if (status)
		die(hj_status_text(status));
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* -- memory, counted ---------------------------------------------------------------------------------- */

static struct counter {
	size_t bytes, peak;
} counter;

static void *count(void *context, void *block, size_t old_size, size_t new_size)
{
	struct counter *c = context;
	if (new_size == 0) {
		c->bytes -= block ? old_size : 0;
		free(block);
		return NULL;
	}
	void *moved = realloc(block, new_size);
	if (moved) {
		c->bytes += new_size - (block ? old_size : 0);
		c->peak = c->bytes > c->peak ? c->bytes : c->peak;
	}
	return moved;
}

static const hj_allocator counting = {count, &counter};

/* -- what the stages stand on --------------------------------------------------------------------------- */

enum { POLICY, CHANGED, INVENTORY, TEXTS };

struct bed {
	hj_text texts[TEXTS];
	hj_source *sources[TEXTS];
	hj_document *documents[TEXTS];
	hj_policy policy, changed;
	hj_inventory inventory;
	hj_findings findings;
	hj_world world, changed_world;
	hj_reach *reach;
	size_t written; /* bytes that a stage gave */
};

static void open_bed(struct bed *bed, struct tailnet_size size)
{
	*bed = (struct bed){0};
	for (size_t i = 0; i < TEXTS; i++)
		hj_text_init(&bed->texts[i], NULL);
	tailnet_policy(&bed->texts[POLICY], size, false);
	tailnet_policy(&bed->texts[CHANGED], size, true);
	tailnet_inventory(&bed->texts[INVENTORY], size);
	for (size_t i = 0; i < TEXTS; i++) {
		demand(hj_source_copy(NULL, NULL, hj_text_slice(&bed->texts[i]), &bed->sources[i]));
		demand(hj_parse(bed->sources[i], 0, &bed->documents[i]));
	}
	hj_findings_init(&bed->findings, &counting);
}

static void close_bed(struct bed *bed)
{
	for (size_t i = 0; i < TEXTS; i++) {
		hj_document_free(bed->documents[i]);
		hj_source_free(bed->sources[i]);
		hj_text_free(&bed->texts[i]);
	}
	hj_findings_free(&bed->findings);
}

/* How much of it a stage finds ready. */
enum ready { NOTHING, BOUND, WORLD, REACH };

static void make_ready(struct bed *bed, enum ready ready)
{
	if (ready >= BOUND) {
		demand(hj_policy_bind(bed->documents[POLICY], &counting, &bed->policy));
		demand(hj_policy_bind(bed->documents[CHANGED], &counting, &bed->changed));
		demand(hj_inventory_bind(
			bed->documents[INVENTORY], &counting, &bed->findings, &bed->inventory));
	}
	if (ready >= WORLD) {
		demand(hj_world_build(
			&bed->policy, &bed->inventory, HJ_SLICE(""), &counting, &bed->world));
		demand(hj_world_build(&bed->changed, &bed->inventory, HJ_SLICE(""), &counting,
			&bed->changed_world));
	}
	if (ready >= REACH)
		demand(hj_reach_build(&bed->world, NULL, &counting, &bed->reach));
}

static void unmake(struct bed *bed, enum ready ready)
{
	if (ready >= REACH)
		hj_reach_free(bed->reach);
	if (ready >= WORLD) {
		hj_world_free(&bed->world);
		hj_world_free(&bed->changed_world);
	}
	if (ready >= BOUND) {
		hj_inventory_free(&bed->inventory);
		hj_policy_free(&bed->policy);
		hj_policy_free(&bed->changed);
	}
}

/* -- stages ------------------------------------------------------------------------------------------------ */

static void parse(struct bed *bed)
{
	hj_document *documents[2];
	demand(hj_parse(bed->sources[POLICY], 0, &documents[0]));
	demand(hj_parse(bed->sources[INVENTORY], 0, &documents[1]));
	hj_document_free(documents[0]);
	hj_document_free(documents[1]);
}

static void bind_policy(struct bed *bed)
{
	hj_policy policy;
	demand(hj_policy_bind(bed->documents[POLICY], &counting, &policy));
	hj_policy_free(&policy);
}

static void bind_inventory(struct bed *bed)
{
	hj_inventory inventory;
	demand(hj_inventory_bind(bed->documents[INVENTORY], &counting, &bed->findings, &inventory));
	hj_inventory_free(&inventory);
}

static void accept_policy(struct bed *bed)
{
	hj_findings findings;
	hj_tailnet tailnet = {.name = HJ_SLICE("example.com")};
	hj_findings_init(&findings, &counting);
	demand(hj_accept(&bed->policy, &tailnet, &findings));
	if (hj_answer_of(&findings).status != 200)
		die("the policy is refused");
	hj_findings_free(&findings);
}

static void build_world(struct bed *bed)
{
	hj_world world;
	demand(hj_world_build(&bed->policy, &bed->inventory, HJ_SLICE(""), &counting, &world));
	hj_world_free(&world);
}

static void build_reach(struct bed *bed)
{
	hj_reach *reach;
	demand(hj_reach_build(&bed->world, NULL, &counting, &reach));
	hj_reach_free(reach);
}

static void run_tests(struct bed *bed)
{
	hj_assertions assertions;
	demand(hj_assertions_run(bed->reach, &bed->policy, NULL, &counting, &assertions));
	if (assertions.passed != assertions.count)
		die("a test fails");
	hj_assertions_free(&assertions);
}

static void find_coverage(struct bed *bed)
{
	hj_assertions assertions;
	hj_coverage coverage;
	demand(hj_coverage_run(bed->reach, &bed->policy, &counting, &assertions, &coverage));
	hj_coverage_free(&coverage);
	hj_assertions_free(&assertions);
}

/* One rule of a hundred has another port. */
static void find_difference(struct bed *bed)
{
	hj_difference difference;
	demand(hj_difference_find(&bed->world, &bed->changed_world, NULL, &counting, &difference));
	if (difference.gained == 0 || difference.lost == 0)
		die("no difference");
	hj_difference_free(&difference);
}

/* Groups and tags, as `hujson access matrix` has them: hosts and autogroups too. */
static void make_matrix(struct bed *bed)
{
	hj_matrix matrix;
	const char *what;
	demand(hj_matrix_make(bed->reach, NULL, &counting, &matrix, &what));
	if (matrix.cell_count == 0)
		die("an empty matrix");
	hj_matrix_free(&matrix);
}

/* Every line that `access who` and `access what` could give: those of the graph. */
static void list_access(struct bed *bed)
{
	hj_access_list list;
	demand(hj_access_all(bed->reach, &counting, &list));
	if (list.count == 0)
		die("nobody reaches anything");
	hj_access_list_free(&list);
}

static void convert(struct bed *bed)
{
	hj_conversion conversion;
	demand(hj_convert_to_grants(&bed->policy, &counting, &conversion));
	if (conversion.result != HJ_CONVERTED)
		die("not converted");
	hj_conversion_free(&conversion);
}

/* Each device's part on its own, as a program that writes to a stream does. */
static void compile(struct bed *bed)
{
	hj_compiled *compiled;
	hj_text out;
	bed->written = 0;
	demand(hj_compile(&bed->world, &counting, &compiled));
	hj_text_init(&out, &counting);
	for (uint32_t i = 0; i < bed->inventory.device_count; i++) {
		hj_emit emit;
		hj_text_clear(&out);
		hj_emit_init(&emit, &out, 0);
		hj_emit_object(&emit, NULL);
		demand(hj_compiled_emit(compiled, i, &emit));
		hj_emit_end(&emit);
		bed->written += out.size;
	}
	demand(out.status);
	hj_text_free(&out);
	hj_compiled_free(compiled);
}

/* All that `hujson check` does with a policy and an inventory. */
static void check(struct bed *bed)
{
	hj_document *documents[2];
	struct bed own = {0};
	hj_tailnet tailnet = {.name = HJ_SLICE("example.com")};
	hj_findings_init(&own.findings, &counting);
	demand(hj_parse(bed->sources[POLICY], 0, &documents[0]));
	demand(hj_parse(bed->sources[INVENTORY], 0, &documents[1]));
	demand(hj_policy_bind(documents[0], &counting, &own.policy));
	demand(hj_inventory_bind(documents[1], &counting, &own.findings, &own.inventory));
	demand(hj_accept(&own.policy, &tailnet, &own.findings));
	demand(hj_world_build(&own.policy, &own.inventory, HJ_SLICE(""), &counting, &own.world));
	demand(hj_reach_build(&own.world, NULL, &counting, &own.reach));
	own.documents[POLICY] = documents[0];
	run_tests(&own);
	hj_reach_free(own.reach);
	hj_world_free(&own.world);
	hj_inventory_free(&own.inventory);
	hj_policy_free(&own.policy);
	hj_findings_free(&own.findings);
	hj_document_free(documents[0]);
	hj_document_free(documents[1]);
}

static const struct stage {
	const char *name;
	enum ready ready;
	void (*run)(struct bed *bed);
} stages[] = {
	{"parse both texts", NOTHING, parse},
	{"bind the policy", NOTHING, bind_policy},
	{"bind the inventory", NOTHING, bind_inventory},
	{"accept", BOUND, accept_policy},
	{"world", BOUND, build_world},
	{"reach", WORLD, build_reach},
	{"tests", REACH, run_tests},
	{"tests and what they guard", REACH, find_coverage},
	{"compile, every device's text", WORLD, compile},
	{"matrix, by group and tag", REACH, make_matrix},
	{"access, every line", REACH, list_access},
	{"difference", WORLD, find_difference},
	{"convert to grants, with proof", BOUND, convert},
	{"check, from both texts on", NOTHING, check},
};
enum { STAGES = sizeof stages / sizeof *stages, SCALES = 4 };

/* -- the table -------------------------------------------------------------------------------------------- */

struct figure {
	double seconds;
	size_t peak, written; /* bytes */
};

/* Rounds until a second is over, five at most, one at least. */
static struct figure measure(const struct stage *stage, struct bed *bed, unsigned rounds)
{
	struct figure figure = {.seconds = 1e9};
	double until = now() + 1;
	bed->written = 0;
	do {
		counter.peak = counter.bytes;
		size_t before = counter.bytes;
		make_ready(bed, stage->ready);
		double start = now();
		stage->run(bed);
		double took = now() - start;
		unmake(bed, stage->ready);
		figure.seconds = took < figure.seconds ? took : figure.seconds;
		figure.peak = counter.peak - before;
	} while (--rounds && now() < until);
	figure.written = bed->written;
	return figure;
}

static struct tailnet_size scaled(unsigned by)
{
	return (struct tailnet_size){
		whole.rules / by, whole.users / by, whole.devices / by, whole.assertions / by};
}

static void table(void)
{
	static const unsigned scales[SCALES] = {8, 4, 2, 1};
	struct figure figures[STAGES][SCALES];
	size_t sizes[2] = {0};
	for (size_t k = 0; k < SCALES; k++) {
		struct bed bed;
		open_bed(&bed, scaled(scales[k]));
		for (size_t i = 0; i < STAGES; i++)
			figures[i][k] = measure(&stages[i], &bed, 5);
		sizes[0] = bed.texts[POLICY].size;
		sizes[1] = bed.texts[INVENTORY].size;
		close_bed(&bed);
	}
	printf("\n%u rules, %u users, %u devices, %u assertions: %.1f MB and %.1f MB; "
	       "milliseconds\n",
		whole.rules, whole.users, whole.devices, whole.assertions, (double)sizes[0] / 1e6,
		(double)sizes[1] / 1e6);
	printf("%-30s %9s %9s %9s %9s %7s %9s %9s  %s\n", "stage", "1/8", "1/4", "1/2", "whole",
		"growth", "memory", "goal", "verdict");
	for (size_t i = 0; i < STAGES; i++) {
		const struct figure *last = &figures[i][SCALES - 1];
		printf("%-30s", stages[i].name);
		for (size_t k = 0; k < SCALES; k++)
			printf(" %9.1f", figures[i][k].seconds * 1e3);
		/* Eight times the size: eight times the time is a growth of 1. */
		printf(" %6.2fx %6.0f MB %9s  %s", last->seconds / figures[i][0].seconds / 8,
			(double)last->peak / 1e6, "2 s, 1 GB",
			last->seconds <= 2 && last->peak <= 1 << 30 ? "goal" : "MISSED");
		if (last->written)
			printf(", %.0f MB", (double)last->written / 1e6);
		putchar('\n');
	}
}

static void table_typical(void)
{
	struct bed bed;
	open_bed(&bed, typical);
	printf("\n%u rules, %u users, %u devices, %u assertions: %.0f KB and %.0f KB; "
	       "milliseconds\n",
		typical.rules, typical.users, typical.devices, typical.assertions,
		(double)bed.texts[POLICY].size / 1e3, (double)bed.texts[INVENTORY].size / 1e3);
	for (size_t i = 0; i < STAGES; i++) {
		struct figure figure = measure(&stages[i], &bed, 500);
		printf("%-30s %9.3f", stages[i].name, figure.seconds * 1e3);
		if (stages[i].run == check)
			printf("  %s", figure.seconds <= 2e-3 ? "goal 2 ms" : "MISSED 2 ms");
		putchar('\n');
	}
	close_bed(&bed);
}

static void profile(unsigned by)
{
	struct bed bed;
	open_bed(&bed, scaled(by));
	for (size_t i = 0; i < STAGES; i++) {
		struct figure figure = measure(&stages[i], &bed, 5);
		printf("%-30s %9.1f ms %9.1f MB\n", stages[i].name, figure.seconds * 1e3,
			(double)figure.peak / 1e6);
		fflush(stdout);
	}
	close_bed(&bed);
}

static void write_file(const char *folder, const char *name, const hj_text *text)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(text->data, 1, text->size, file) != text->size || fclose(file))
		die(path);
}

static void write_inputs(const char *folder)
{
	struct bed bed;
	open_bed(&bed, whole);
	write_file(folder, "tailnet.hujson", &bed.texts[POLICY]);
	write_file(folder, "tailnet-changed.hujson", &bed.texts[CHANGED]);
	write_file(folder, "tailnet-inventory.hujson", &bed.texts[INVENTORY]);
	close_bed(&bed);
	open_bed(&bed, typical);
	write_file(folder, "tailnet-30k.hujson", &bed.texts[POLICY]);
	write_file(folder, "tailnet-30k-inventory.hujson", &bed.texts[INVENTORY]);
	close_bed(&bed);
}

int main(int argc, char **argv)
{
	unsigned by = argc == 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0;
	if (argc == 3 && strcmp(argv[1], "--write") == 0) {
		write_inputs(argv[2]);
	} else if (by) {
		profile(by);
	} else {
		table();
		table_typical();
	}
	return 0;
}
