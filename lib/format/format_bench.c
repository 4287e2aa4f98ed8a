/*
 * Speed of parsing and formatting inside one process, beside other parsers.
 *
 *     format_bench                in-process table: best of many interleaved rounds
 *     format_bench --write DIR    the inputs of the whole-process benchmark, as files
 *     format_bench --parse FILE   parse once, keep everything, exit: for measuring memory
 *     format_bench --standard F   FILE as standard JSON on standard output, for peers without
 *                                 comments
 *
 * Best, not median: a loop in one process is disturbed in one direction only.
 */
#include "format/format_bench_peers.h"
#include "format/input_bench.h"
#include "hujson.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

/* One call: does its work on the input, false when that failed. */
struct job {
	const char *name;
	bool (*run)(const struct job *job);
	hj_slice text;     /* for peers */
	hj_source *source; /* for hujson */
	const struct peer *peer;
	double best; /* seconds */
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void die(const char *what)
{
	fprintf(stderr, "format_bench: %s\n", what);
	exit(1);
}

static bool run_parse(const struct job *job)
{
	hj_document *document;
	if (hj_parse(job->source, 0, &document))
		return false;
	bool good = !hj_document_error(document);
	hj_document_free(document);
	return good;
}

static bool run_format(const struct job *job)
{
	hj_document *document;
	if (hj_parse(job->source, 0, &document))
		return false;
	hj_text out;
	hj_text_init(&out, NULL);
	bool good = hj_format(document, NULL, &out) == HJ_OK;
	hj_text_free(&out);
	hj_document_free(document);
	return good;
}

static hj_status count_bytes(void *context, hj_slice bytes)
{
	*(size_t *)context += bytes.size;
	return HJ_OK;
}

static bool run_stream(const struct job *job)
{
	hj_document *document;
	if (hj_parse(job->source, 0, &document))
		return false;
	size_t size = 0;
	bool good = hj_format_stream(document, NULL, count_bytes, &size) == HJ_OK;
	hj_document_free(document);
	return good && size;
}

static bool run_peer(const struct job *job)
{
	return job->peer->parse(job->text.data, job->text.size);
}

static hj_source *source_of(hj_slice bytes)
{
	hj_source *source;
	if (hj_source_copy(NULL, NULL, bytes, &source))
		die("out of memory");
	return source;
}

/* The text in a style, or the text itself where the formatter cannot help. */
static void restyle(hj_slice bytes, hj_style style, hj_text *out)
{
	hj_source *source = source_of(bytes);
	hj_document *document;
	if (hj_parse(source, 0, &document))
		die("out of memory");
	const hj_syntax_error *error = hj_document_error(document);
	if (error) {
		fprintf(stderr, "%.*s\n", (int)error->text.size, error->text.data);
		die("a benchmark input does not parse");
	}
	hj_format_options options = {.style = style, .limit = UINT64_MAX};
	hj_text_init(out, NULL);
	if (hj_format(document, &options, out))
		die("cannot format a benchmark input");
	hj_document_free(document);
	hj_source_free(source);
}

static void make(hj_text *out, enum input_style style, size_t size)
{
	hj_text raw;
	hj_text_init(&raw, NULL);
	input_policy(&raw, style, size);
	if (style == INPUT_FORMATTED) {
		restyle(hj_text_slice(&raw), HJ_CANONICAL, out);
		hj_text_free(&raw);
	} else {
		*out = raw;
	}
	if (out->status)
		die("out of memory");
}

/* -- the table --------------------------------------------------------------------------------- */

static void table_head(void)
{
	printf("%-34s %12s %12s %7s %7s %7s  %s\n", "job", "hujson", "peer", "ratio", "must",
		"goal", "verdict");
}

static const char *verdict(double figure, double must, double goal)
{
	if (must == 0)
		return "";
	if (figure >= goal)
		return "goal";
	return figure >= must ? "must" : "MISSED";
}

static void table_row(
	const char *job, double rate, const char *peer, double peer_rate, double must, double goal)
{
	char left[128];
	snprintf(left, sizeof left, "%s / %s", job, peer);
	if (peer_rate < 0) {
		printf("%-34s skipped: the peer refused the text\n", left);
		return;
	}
	double ratio = rate / peer_rate;
	printf("%-34s %7.0f MB/s %7.0f MB/s %6.2fx", left, rate, peer_rate, ratio);
	if (must == 0)
		printf(" %7s %7s\n", "-", "-");
	else
		printf(" %6.2fx %6.2fx  %s\n", must, goal, verdict(ratio, must, goal));
}

static void table_absolute(const char *job, double rate, double must, double goal)
{
	printf("%-34s %7.0f MB/s %12s %7s %7.0f %7.0f  %s\n", job, rate, "-", "-", must, goal,
		verdict(rate, must, goal));
}

static void measure(struct job *jobs, size_t count, double seconds)
{
	double until = now() + seconds;
	for (size_t i = 0; i < count; i++) {
		jobs[i].best = 1e9;
		if (!jobs[i].run(&jobs[i])) {
			fprintf(stderr, "format_bench: %s failed\n", jobs[i].name);
			jobs[i].best = -1;
		}
	}
	do {
		for (size_t i = 0; i < count; i++) {
			if (jobs[i].best < 0)
				continue;
			double start = now();
			jobs[i].run(&jobs[i]);
			double took = now() - start;
			if (took < jobs[i].best)
				jobs[i].best = took;
		}
	} while (now() < until);
}

static const struct {
	const char *name;
	enum input_style style;
	double parse_must, parse_goal;   /* times rapidjson */
	double format_must, format_goal; /* MB/s */
} inputs[] = {
	{"formatted", INPUT_FORMATTED, 1.8, 2.9, 270, 340},
	{"ugly", INPUT_UGLY, 1.6, 2.0, 190, 240},
};

static void bench(size_t size, double seconds)
{
	for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
		hj_text text, standard;
		make(&text, inputs[i].style, size);
		hj_slice slice = hj_text_slice(&text);
		restyle(slice, HJ_STANDARD, &standard);
		hj_source *source = source_of(slice);
		struct job jobs[16] = {
			{.name = "parse", .run = run_parse, .source = source},
			{.name = "parse + format", .run = run_format, .source = source},
			{.name = "parse + format, streamed", .run = run_stream, .source = source},
		};
		size_t count = 3;
		for (const struct peer *peer = peers; peer->name && count < 16; peer++)
			jobs[count++] = (struct job){.name = peer->name,
				.run = run_peer,
				.peer = peer,
				.text = peer->hujson ? slice : hj_text_slice(&standard)};
		measure(jobs, count, seconds);
		double mb = (double)slice.size / 1e6;
		printf("\n%s policy, %zu bytes, in process, best of %.0f s\n", inputs[i].name,
			slice.size, seconds);
		table_head();
		double parse = mb / jobs[0].best;
		for (size_t k = 3; k < count; k++) {
			bool rapid = strcmp(jobs[k].name, "rapidjson") == 0;
			char name[64];
			snprintf(name, sizeof name, "%s%s", jobs[k].name,
				jobs[k].peer->hujson ? "" : "*");
			table_row("parse", parse, name, mb / jobs[k].best,
				rapid ? inputs[i].parse_must : 0, rapid ? inputs[i].parse_goal : 0);
		}
		table_absolute("parse + format", mb / jobs[1].best, inputs[i].format_must,
			inputs[i].format_goal);
		table_absolute("parse + format, streamed", mb / jobs[2].best, inputs[i].format_must,
			inputs[i].format_goal);
		hj_source_free(source);
		hj_text_free(&standard);
		hj_text_free(&text);
	}
	printf("\n* reads no comments or trailing commas: was given the standardized text\n");
	for (const char *const *absent = peers_absent; *absent; absent++)
		printf("skipped: %s was not there when this was built\n", *absent);
}

/* -- files for the whole-process benchmark ----------------------------------------------------- */

static void write_file(const char *folder, const char *name, hj_slice bytes)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "wb");
	if (!file || fwrite(bytes.data, 1, bytes.size, file) != bytes.size || fclose(file))
		die(path);
}

static void write_inputs(const char *folder)
{
	static const struct {
		const char *name;
		size_t size;
	} sizes[] = {{"4k", 4000}, {"30k", 30000}, {"1m", 1000000}, {"50m", 50000000}};
	char name[256];
	hj_text text, other;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		for (size_t k = 0; k < 2; k++) {
			make(&text, inputs[k].style, sizes[i].size);
			snprintf(name, sizeof name, "%s-%s.hujson", inputs[k].name, sizes[i].name);
			write_file(folder, name, hj_text_slice(&text));
			snprintf(name, sizeof name, "%s-%s.jsonc", inputs[k].name, sizes[i].name);
			write_file(folder, name, hj_text_slice(&text));
			restyle(hj_text_slice(&text), HJ_STANDARD, &other);
			snprintf(name, sizeof name, "%s-%s.json", inputs[k].name, sizes[i].name);
			write_file(folder, name, hj_text_slice(&other));
			hj_text_free(&other);
			hj_text_free(&text);
		}
	}
	for (const char *const *hostile = input_hostile_names; *hostile; hostile++) {
		hj_text_init(&text, NULL);
		input_hostile(&text, *hostile, 1000000);
		snprintf(name, sizeof name, "hostile-%s.hujson", *hostile);
		write_file(folder, name, hj_text_slice(&text));
		hj_text_free(&text);
	}
	snprintf(name, sizeof name, "%s/small", folder);
	if (mkdir(name, 0777) && errno != EEXIST)
		die(name);
	for (unsigned i = 0; i < 1000; i++) {
		make(&text, i % 2 ? INPUT_UGLY : INPUT_FORMATTED, 1500 + i);
		snprintf(name, sizeof name, "small/%03u.hujson", i);
		write_file(folder, name, hj_text_slice(&text));
		hj_text_free(&text);
	}
}

static hj_source *load(const char *path)
{
	hj_text text;
	hj_text_init(&text, NULL);
	hj_source *source;
	if (hj_file_read(path, HJ_SOURCE_MAX, &text) || hj_source_adopt(path, &text, &source))
		die(path);
	return source;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--write") == 0) {
		write_inputs(argv[2]);
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "--parse") == 0) {
		hj_document *document;
		if (hj_parse(load(argv[2]), 0, &document))
			die("out of memory");
		return 0;
	}
	if (argc == 3 && strcmp(argv[1], "--standard") == 0) {
		hj_source *source = load(argv[2]);
		hj_text out;
		restyle(hj_slice_of(source->data, source->size), HJ_STANDARD, &out);
		return fwrite(out.data, 1, out.size, stdout) == out.size ? 0 : 1;
	}
	double seconds = argc > 1 ? atof(argv[1]) : 3;
	bench(argc > 2 ? (size_t)atol(argv[2]) : 1000000, seconds);
	return 0;
}
