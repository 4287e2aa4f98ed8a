#include "base/fold.h"
#include "lint/internal.h"

enum { DUPLICATE_NAME, RULE_COUNT };

static const hj_rule rules[RULE_COUNT] = {
	[DUPLICATE_NAME] =
		{
			.code = "D001",
			.name = "duplicate-name",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a name stands twice in one object",
			.why = "JSON readers keep one of the two values and lose the other "
			       "without a word: a group loses members, a section loses all its "
			       "rules. Names are compared by what they mean, so \"a\" and "
			       "\"\\u0061\" are the same. Names of sections and of a rule's "
			       "fields are compared without regard to case, and so are tags: "
			       "to the service \"acls\" and \"ACLs\" are one name.",
			.bad = "{\n"
			       "\t\"groups\": {\n"
			       "\t\t\"group:eng\": [\"alice@example.com\"],\n"
			       "\t\t\"group:eng\": [\"bob@example.com\"],\n"
			       "\t},\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\n"
				"\t\t\"group:eng\": [\"alice@example.com\", "
				"\"bob@example.com\"],\n"
				"\t},\n"
				"}\n",
			.fix = "merge the two values under one name, or rename one of them",
		},
};

const hj_rule *hj__structure_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

/* -- duplicate-name ---------------------------------------------------------------------------- */

typedef struct name_check {
	hj_lint_run *run;
	hj_arena arena; /* decoded and folded names */
	hj_map map;
	bool ok; /* false: memory was out */
} name_check;

static hj_slice name_at(name_check *checker, uint32_t node)
{
	return hj_string_value(checker->run->document, node, &checker->arena, &checker->ok);
}

static void report_duplicate(name_check *checker, uint32_t again, uint32_t first, bool folded)
{
	hj_findings *findings = checker->run->findings;
	const hj_node *nodes = hj_document_nodes(checker->run->document);
	hj_slice name = name_at(checker, again);
	hj_finding *finding = hj_findings_add(findings, &rules[DUPLICATE_NAME],
		hj_node_span(&nodes[again]), "the name \"%.*s\" stands twice in this object%s",
		HJ_SLICE_ARGS(name), folded ? ": letter case does not count" : "");
	hj_finding_relate(findings, finding, hj_node_span(&nodes[first]), "it stands here first");
	hj_finding_help(
		findings, finding, "merge the two values under one name, or rename one of them");
}

/*
 * A name that was there before. Looking without regard to case, equal spellings are left alone:
 * they have been reported.
 */
static void meet_again(name_check *checker, uint32_t again, uint32_t first, bool folded)
{
	if (!folded || !hj_slice_equal(name_at(checker, again), name_at(checker, first)))
		report_duplicate(checker, again, first, folded);
}

/* The next name of an object that is a string; `end` when there is none. */
static uint32_t next_name(const hj_node *nodes, uint32_t at, uint32_t end)
{
	while (at < end && hj_node_kind(&nodes[at]) != HJ_STRING)
		at = nodes[nodes[at].next].next;
	return at;
}

/* Do names of an object stand twice? Says so, when it is to be told. */
static bool compare_names(name_check *checker, uint32_t object, bool folded, bool tells)
{
	const hj_node *nodes = hj_document_nodes(checker->run->document);
	uint32_t end = nodes[object].next;
	bool any = false;
	hj_map_clear(&checker->map);
	for (uint32_t at = hj_node_first(object);
		(at = next_name(nodes, at, end)) < end && checker->ok;
		at = nodes[nodes[at].next].next) {
		hj_slice name = name_at(checker, at);
		if (folded)
			name = hj_slice_folded(name, &checker->arena, &checker->ok);
		uint32_t *first;
		bool was_there;
		if (hj_map_put(&checker->map, name, at, &first, &was_there))
			checker->ok = false;
		else if (was_there && tells)
			meet_again(checker, at, *first, folded);
		any = any || (checker->ok && was_there);
	}
	return any;
}

/*
 * Does a name stand twice in an object, letter case aside? Nearly everywhere one bit a name tells
 * that none does: names that are alike have the same.
 */
static bool repeats(name_check *checker, uint32_t object)
{
	const hj_node *nodes = hj_document_nodes(checker->run->document);
	uint32_t end = nodes[object].next;
	uint64_t bits = 0;
	for (uint32_t at = hj_node_first(object); (at = next_name(nodes, at, end)) < end;
		at = nodes[nodes[at].next].next) {
		hj_slice name = name_at(checker, at);
		size_t mark = name.size;
		if (name.size)
			mark += (size_t)hj_fold(name.data[0]) * 5 +
				(size_t)hj_fold(name.data[name.size - 1]) * 11;
		uint64_t bit = UINT64_C(1) << (mark % 64);
		if (bits & bit)
			return compare_names(checker, object, true, false);
		bits |= bit;
	}
	return false;
}

static void check_duplicates(name_check *checker)
{
	const hj_document *document = checker->run->document;
	const hj_node *nodes = hj_document_nodes(document);
	uint32_t count = hj_document_count(document);
	bool any = false;
	for (uint32_t i = 0; i < count && checker->ok; i++)
		if (hj_node_kind(&nodes[i]) == HJ_OBJECT && repeats(checker, i)) {
			compare_names(checker, i, false, true);
			any = true;
		}
	if (!any || !checker->run->is_policy)
		return;
	hj_walk walk;
	hj_walk_begin(&walk, document, &checker->arena);
	for (hj_stop stop; checker->ok && hj_walk_next(&walk, &stop);)
		if (((stop.type->kind == HJ_RECORD && !stop.type->open) ||
			    stop.type->defines == HJ_TAG) &&
			repeats(checker, stop.node))
			compare_names(checker, stop.node, true, true);
	if (!walk.ok)
		checker->ok = false;
}

hj_status hj__check_structure(hj_lint_run *run)
{
	/* A missing brace makes strangers of neighbours and neighbours of strangers. */
	if (!run->balanced)
		return HJ_OK;
	name_check checker = {.run = run, .ok = true};
	hj_arena_init(&checker.arena, run->allocator);
	hj_map_init(&checker.map, run->allocator);
	check_duplicates(&checker);
	hj_map_free(&checker.map);
	hj_arena_free(&checker.arena);
	return checker.ok ? run->findings->status : HJ_NO_MEMORY;
}
