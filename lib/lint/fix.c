#include "lint/fix.h"

#include "change/difference.h"
#include "format/format.h"
#include "lint/internal.h"

#include <stdlib.h>

enum {
	MOST_ROUNDS = 100,  /* results taken: an end to fixes that undo each other */
	MOST_TRIALS = 300,  /* results tried */
	MOST_REFUSED = 100, /* fixes left out, after which no more are tried */
};

/* A text and what is found in it. */
typedef struct version {
	hj_source *source;
	hj_document *document;
	hj_findings findings;
} version;

/* One edit of a fix that was chosen. */
typedef struct chosen_edit {
	const hj_edit *edit;
	size_t order;
} chosen_edit;

typedef struct fix_run {
	const hj_fix_options *options;
	const hj_allocator *allocator;
	version now;
	bool safe; /* the fixes of this round are those that promise to change nothing */
	size_t applied;
	uint64_t refused[MOST_REFUSED];
	size_t refused_count;
	/* A round's. */
	chosen_edit *edits;
	size_t edit_count, edit_capacity;
	size_t chosen;      /* fixes */
	uint64_t last_hash; /* of the one chosen last */
} fix_run;

/* -- versions ---------------------------------------------------------------------------------- */

static void free_version(version *of)
{
	hj_findings_free(&of->findings);
	hj_document_free(of->document);
	hj_source_free(of->source);
	*of = (version){0};
}

static hj_status make_version(const fix_run *fixer, hj_slice text, version *out)
{
	*out = (version){0};
	hj_findings_init(&out->findings, fixer->allocator);
	hj_status status = hj_source_copy(fixer->allocator, NULL, text, &out->source);
	if (!status)
		status = hj_parse(out->source, 0, &out->document);
	if (!status)
		status = hj_lint(out->document, fixer->options->lint, &out->findings);
	if (status)
		free_version(out);
	return status;
}

static hj_slice bytes_of(const version *of)
{
	return hj_slice_of(of->source->data, of->source->size);
}

/* -- choosing ---------------------------------------------------------------------------------- */

static uint64_t hash_more(uint64_t hash, hj_slice text)
{
	for (size_t i = 0; i < text.size; i++)
		hash = (hash ^ (unsigned char)text.data[i]) * UINT64_C(0x100000001B3);
	return hash * UINT64_C(0x100000001B3);
}

/* What stays the same of a fix when its place moves. */
static uint64_t hash_fix(const hj_finding *finding)
{
	uint64_t hash = hash_more(UINT64_C(0xCBF29CE484222325), hj_slice_str(finding->rule->code));
	hash = hash_more(hash, finding->message);
	for (size_t i = 0; i < finding->edit_count; i++)
		hash = hash_more(hash, finding->edits[i].text);
	return hash;
}

static bool is_refused(const fix_run *fixer, uint64_t hash)
{
	for (size_t i = 0; i < fixer->refused_count; i++)
		if (fixer->refused[i] == hash)
			return true;
	return false;
}

/* One bit for every point between two bytes. */
static bool is_taken(const unsigned char *taken, hj_span span)
{
	for (size_t i = span.start; i <= span.end; i++)
		if (taken[i / 8] & 1U << i % 8)
			return true;
	return false;
}

static void take(unsigned char *taken, hj_span span)
{
	for (size_t i = span.start; i <= span.end; i++)
		taken[i / 8] = (unsigned char)(taken[i / 8] | 1U << i % 8);
}

static hj_status choose_one(fix_run *fixer, unsigned char *taken, const hj_finding *finding)
{
	if (finding->edit_count == 0 || finding->safe != fixer->safe)
		return HJ_OK;
	uint64_t hash = hash_fix(finding);
	if (is_refused(fixer, hash))
		return HJ_OK;
	for (size_t i = 0; i < finding->edit_count; i++)
		if (is_taken(taken, finding->edits[i].span))
			return HJ_OK;
	if (hj_grow(fixer->allocator, &fixer->edits, &fixer->edit_capacity,
		    fixer->edit_count + finding->edit_count, sizeof *fixer->edits))
		return HJ_NO_MEMORY;
	for (size_t i = 0; i < finding->edit_count; i++) {
		take(taken, finding->edits[i].span);
		fixer->edits[fixer->edit_count] =
			(chosen_edit){&finding->edits[i], fixer->edit_count};
		fixer->edit_count++;
	}
	fixer->chosen++;
	fixer->last_hash = hash;
	return HJ_OK;
}

static int by_place(const void *a, const void *b)
{
	const chosen_edit *first = a, *second = b;
	uint32_t one = first->edit->span.start, other = second->edit->span.start;
	if (one != other)
		return one < other ? -1 : 1;
	return first->order < second->order ? -1 : 1;
}

/* Fixes that do not touch one another, `most` at most. */
static hj_status choose(fix_run *fixer, size_t most)
{
	size_t room = (size_t)fixer->now.source->size / 8 + 1;
	unsigned char *taken = hj_alloc(fixer->allocator, room);
	if (!taken)
		return HJ_NO_MEMORY;
	memset(taken, 0, room);
	fixer->edit_count = fixer->chosen = 0;
	hj_status status = HJ_OK;
	const hj_findings *findings = &fixer->now.findings;
	for (size_t i = 0; !status && i < findings->count && fixer->chosen < most; i++)
		status = choose_one(fixer, taken, &findings->items[i]);
	hj_free(fixer->allocator, taken, room);
	if (fixer->edit_count)
		qsort(fixer->edits, fixer->edit_count, sizeof *fixer->edits, by_place);
	return status;
}

/* -- judging ----------------------------------------------------------------------------------- */

static size_t count_syntax_errors(const version *of)
{
	return hj_document_error(of->document) ? hj_document_findings(of->document)->count : 0;
}

/* Does any rule have more findings at error level than it had? */
static hj_status is_worse(
	const fix_run *fixer, const version *before, const version *after, bool *worse)
{
	size_t rules = hj_rule_count();
	int64_t *more = hj_alloc(fixer->allocator, rules * sizeof *more);
	if (!more)
		return HJ_NO_MEMORY;
	memset(more, 0, rules * sizeof *more);
	for (size_t i = 0; i < after->findings.count; i++)
		if (after->findings.items[i].severity == HJ_ERROR_LEVEL)
			more[hj__rule_index(after->findings.items[i].rule)]++;
	for (size_t i = 0; i < before->findings.count; i++)
		if (before->findings.items[i].severity == HJ_ERROR_LEVEL)
			more[hj__rule_index(before->findings.items[i].rule)]--;
	*worse = false;
	for (size_t i = 0; i < rules; i++)
		*worse = *worse || more[i] > 0;
	hj_free(fixer->allocator, more, rules * sizeof *more);
	return HJ_OK;
}

/* Two documents that parse: may everybody do under one what they may under the other? */
static hj_status compare_access(
	const fix_run *fixer, const hj_document *documents[HJ_SIDES], bool *same)
{
	hj_policy policies[HJ_SIDES];
	hj_world worlds[HJ_SIDES];
	hj_slice tailnet = {0};
	int bound = 0, built = 0;
	hj_status status = HJ_OK;
	while (!status && bound < HJ_SIDES) {
		status = hj_policy_bind(documents[bound], fixer->allocator, &policies[bound]);
		bound += !status;
	}
	while (!status && built < HJ_SIDES) {
		status = hj_world_build(
			&policies[built], NULL, tailnet, fixer->allocator, &worlds[built]);
		built += !status;
	}
	if (!status)
		status = hj_difference_equal(
			&worlds[HJ_OLD], &worlds[HJ_NEW], 0, fixer->allocator, same);
	while (built > 0)
		hj_world_free(&worlds[--built]);
	while (bound > 0)
		hj_policy_free(&policies[--bound]);
	return status;
}

static hj_status judge(
	const fix_run *fixer, const version *before, const version *after, bool *good)
{
	const hj_fix_options *options = fixer->options;
	size_t errors = count_syntax_errors(before);
	*good = false;
	if (hj_slice_equal(bytes_of(before), bytes_of(after)))
		return HJ_OK;
	if (errors ? count_syntax_errors(after) >= errors : count_syntax_errors(after) > 0)
		return HJ_OK;
	bool worse = false;
	/* What a syntax error hid may come to light when it goes. */
	hj_status status = errors ? HJ_OK : is_worse(fixer, before, after, &worse);
	if (status || worse)
		return status;
	bool same = true;
	const hj_document *documents[HJ_SIDES] = {before->document, after->document};
	if (fixer->safe && !errors)
		status = compare_access(fixer, documents, &same);
	*good = !status && same &&
		(!options->allows ||
			options->allows(options->context, before->document, after->document));
	return status;
}

/* -- rounds ------------------------------------------------------------------------------------ */

/* Takes the version that a text makes if it is good; else frees it. */
static hj_status try_text(fix_run *fixer, hj_slice text, bool *good)
{
	version next;
	hj_status status = make_version(fixer, text, &next);
	if (status)
		return status;
	status = judge(fixer, &fixer->now, &next, good);
	if (status || !*good) {
		free_version(&next);
		return status;
	}
	free_version(&fixer->now);
	fixer->now = next;
	return HJ_OK;
}

static hj_status apply_chosen(fix_run *fixer, bool *good)
{
	hj_edits edits;
	hj_text text;
	hj_edits_init(&edits, fixer->allocator);
	hj_text_init(&text, fixer->allocator);
	for (size_t i = 0; i < fixer->edit_count; i++)
		hj_edits_add(&edits, fixer->edits[i].edit->span, fixer->edits[i].edit->text);
	hj_status status = edits.status;
	if (!status)
		status = hj_edits_apply(edits.items, edits.count, bytes_of(&fixer->now), &text);
	*good = false;
	if (!status)
		status = try_text(fixer, hj_text_slice(&text), good);
	hj_edits_free(&edits);
	hj_text_free(&text);
	/* Edits that do not fit, or a text beyond all bounds: a fix to leave out. */
	return status == HJ_NO_MEMORY ? status : HJ_OK;
}

static hj_status run_rounds(fix_run *fixer)
{
	size_t most = SIZE_MAX;
	unsigned rounds = 0;
	fixer->safe = true;
	for (unsigned trials = 0; rounds < MOST_ROUNDS && trials < MOST_TRIALS; trials++) {
		bool good;
		hj_status status = choose(fixer, most);
		if (status)
			return status;
		if (fixer->chosen == 0) {
			if (!fixer->safe || !fixer->options->unsafe)
				return HJ_OK;
			fixer->safe = false;
			most = SIZE_MAX;
			continue;
		}
		status = apply_chosen(fixer, &good);
		if (status)
			return status;
		if (good) {
			fixer->applied += fixer->chosen;
			most = SIZE_MAX;
			rounds++;
			fixer->safe = true; /* it may have uncovered some of these */
		} else if (fixer->chosen > 1) {
			most = fixer->chosen / 2;
		} else if (fixer->refused_count < MOST_REFUSED) {
			fixer->refused[fixer->refused_count++] = fixer->last_hash;
			most = SIZE_MAX;
		} else {
			break;
		}
	}
	return HJ_OK;
}

/* Formats again what was canonical before. */
static hj_status format_again(fix_run *fixer)
{
	hj_text text;
	bool good;
	if (fixer->applied == 0 || hj_document_error(fixer->now.document))
		return HJ_OK;
	hj_text_init(&text, fixer->allocator);
	hj_status status = hj_format(
		fixer->now.document, &(hj_format_options){.allocator = fixer->allocator}, &text);
	if (!status)
		status = try_text(fixer, hj_text_slice(&text), &good);
	hj_text_free(&text);
	return status == HJ_NO_MEMORY ? status : HJ_OK;
}

hj_status hj_fix(const hj_document *document, const hj_fix_options *options,
	const hj_allocator *allocator, hj_fixed *out)
{
	static const hj_fix_options usual;
	const hj_source *source = hj_document_source(document);
	hj_slice before = hj_slice_of(source->data, source->size);
	fix_run fixer = {.options = options ? options : &usual, .allocator = allocator};
	bool canonical = false;
	*out = (hj_fixed){0};
	hj_edits_init(&out->edits, allocator);
	hj_status status = HJ_OK;
	if (!hj_document_error(document))
		status = hj_format_is(
			document, &(hj_format_options){.allocator = allocator}, &canonical);
	if (status != HJ_NO_MEMORY)
		status = make_version(&fixer, before, &fixer.now);
	if (!status)
		status = run_rounds(&fixer);
	if (!status && canonical)
		status = format_again(&fixer);
	if (!status)
		status = hj_edits_between(before, bytes_of(&fixer.now), &out->edits);
	hj_free(allocator, fixer.edits, fixer.edit_capacity * sizeof *fixer.edits);
	if (status) {
		hj_edits_free(&out->edits);
		free_version(&fixer.now);
		return status;
	}
	out->source = fixer.now.source;
	out->document = fixer.now.document;
	out->findings = fixer.now.findings;
	out->applied = fixer.applied;
	out->refused = fixer.refused_count;
	return HJ_OK;
}

void hj_fixed_free(hj_fixed *fixed)
{
	hj_findings_free(&fixed->findings);
	hj_document_free(fixed->document);
	hj_source_free(fixed->source);
	hj_edits_free(&fixed->edits);
	*fixed = (hj_fixed){0};
}
