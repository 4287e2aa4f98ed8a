#include "policy/acceptance.h"
#include "policy/condition.h"
#include "policy/operation.h"

/* -- ipsets: each on its own --------------------------------------------------------------------- */

static const hj_seat item_seat = {.rule = &hj__ipset_rows[I_OPERATION],
	.field = "",
	.noun = "part of an IP set",
	.allowed = HJ_ADDRESSES | HJ_KIND(RANGE) | HJ_KIND(HOST_PREFIX) | HJ_KIND(IPSET) |
		HJ_AUTO(INTERNET)};

static void check_operation(hj_acceptance *run, hj_word word, hj_operation *operation)
{
	const hj_rule *rule = &hj__ipset_rows[I_OPERATION];
	if (!hj_operation_parse(word.text, operation)) {
		*operation = (hj_operation){0};
		hj_finding *finding =
			hj__blame(run, rule, word.node, hj_node_span(&run->nodes[word.node]), "",
				"\"%.*s\" is no operation", HJ_SLICE_ARGS(word.text));
		hj__help(run, finding, "write \"add TARGET\" or \"remove TARGET\"");
		return;
	}
	const hj_selector *target = &operation->selector;
	if (target->kind == HJ_SELECT_WORD) {
		hj_finding *finding = hj__blame(run, rule, word.node,
			hj__part(run, word, operation->target), "",
			"hosts are written \"host:%.*s\" in IP sets; it is not known whether the "
			"service takes them without",
			HJ_SLICE_ARGS(operation->target));
		hj__help(run, finding, "write \"host:%.*s\"", HJ_SLICE_ARGS(operation->target));
		hj__doubt(finding);
	} else if (!hj__seat(run, &item_seat, word, target)) {
		hj__host_bits(run, "", word, target);
	}
}

/* Bare targets stand only in sets that remove nothing. */
static void check_bare(hj_acceptance *run, const hj_words *items)
{
	hj_word removes = {0};
	hj_operation operation;
	for (uint32_t i = 0; i < items->count && !removes.node; i++)
		if (hj_operation_parse(items->items[i].text, &operation) && operation.removes)
			removes = items->items[i];
	for (uint32_t i = 0; i < items->count && removes.node; i++) {
		hj_word word = items->items[i];
		if (!hj_operation_parse(word.text, &operation) || !operation.bare ||
			operation.selector.kind == HJ_SELECT_TEMPLATE)
			continue;
		hj_finding *finding = hj__blame(run, &hj__ipset_rows[I_BARE], word.node,
			hj__part(run, word, operation.target), "",
			"a set that removes says \"add\" where it adds");
		hj_finding_relate(run->findings, finding, hj_node_span(&run->nodes[removes.node]),
			"something is removed here");
		hj__help(run, finding, "write \"add %.*s\"", HJ_SLICE_ARGS(operation.target));
		hj_span span = hj__part(run, word, operation.target);
		if (finding && !(run->nodes[word.node].bits & HJ_ESCAPED))
			hj_finding_edit(run->findings, finding, (hj_span){span.start, span.start},
				HJ_SLICE("add "));
	}
}

/* -- ipsets: one in another ---------------------------------------------------------------------- */

enum { UNSEEN, OPEN, DONE };

/* A set on the way that is being walked, and its next item. */
typedef struct step {
	uint32_t set, item;
} step;

typedef struct graph {
	hj_map sets; /* name → index */
	uint8_t *state;
	step *path;
	size_t depth;
} graph;

static void blame_cycle(hj_acceptance *run, hj_word word, hj_slice target, uint32_t set)
{
	hj_word name = run->policy->ipsets.items[set].name;
	hj_finding *finding =
		hj__blame(run, &hj__ipset_rows[I_CYCLE], word.node, hj__part(run, word, target), "",
			"\"%.*s\" is made of this set", HJ_SLICE_ARGS(target));
	hj_finding_relate(
		run->findings, finding, hj_node_span(&run->nodes[name.node]), "it is defined here");
	hj__help(run, finding, "a set cannot be part of itself: take one of the two out");
}

static void walk_sets(hj_acceptance *run, graph *sets, uint32_t from)
{
	const hj_entry *items = run->policy->ipsets.items;
	sets->path[0] = (step){from, 0};
	sets->depth = 1;
	sets->state[from] = OPEN;
	while (sets->depth) {
		step *top = &sets->path[sets->depth - 1];
		const hj_entry *set = &items[top->set];
		if (top->item == set->words.count) {
			sets->state[top->set] = DONE;
			sets->depth--;
			continue;
		}
		hj_word word = set->words.items[top->item++];
		hj_operation operation;
		if (!hj_operation_parse(word.text, &operation) ||
			operation.selector.kind != HJ_SELECT_IPSET)
			continue;
		const uint32_t *target = hj_map_get(&sets->sets, operation.target);
		if (!target)
			continue;
		if (sets->state[*target] == OPEN) {
			hj__at_name(run, "ipsets", set->name.text);
			blame_cycle(run, word, operation.target, *target);
		} else if (sets->state[*target] == UNSEEN) {
			sets->state[*target] = OPEN;
			sets->path[sets->depth++] = (step){*target, 0};
		}
	}
}

static void check_cycles(hj_acceptance *run)
{
	const hj_entries *ipsets = &run->policy->ipsets;
	const hj_allocator *allocator = run->findings->arena.allocator;
	size_t count = ipsets->count;
	graph sets = {.state = hj_alloc(allocator, count),
		.path = hj_alloc(allocator, count * sizeof *sets.path)};
	hj_map_init(&sets.sets, allocator);
	run->ok = run->ok && sets.state && sets.path;
	for (uint32_t i = 0; i < count && run->ok; i++)
		if (hj_map_put(&sets.sets, ipsets->items[i].name.text, i, NULL, NULL))
			run->ok = false;
	if (run->ok) {
		memset(sets.state, UNSEEN, count);
		for (uint32_t i = 0; i < count; i++)
			if (sets.state[i] == UNSEEN)
				walk_sets(run, &sets, i);
	}
	hj_map_free(&sets.sets);
	hj_free(allocator, sets.state, count);
	hj_free(allocator, sets.path, count * sizeof *sets.path);
}

/* A key of "ipsets" or "postures". */
static void check_name(hj_acceptance *run, const hj_rule *rule, hj_word name, hj_selector_kind kind,
	const char *prefix)
{
	hj_selector key = hj_selector_parse(name.text);
	if ((key.kind == kind && key.name.size) || key.kind == HJ_SELECT_TEMPLATE)
		return;
	hj__blame_name(run, rule, name, prefix);
}

void hj__accept_ipsets(hj_acceptance *run)
{
	const hj_entries *ipsets = &run->policy->ipsets;
	run->stage = HJ_STAGE_IPSETS;
	for (uint32_t i = 0; i < ipsets->count; i++) {
		const hj_entry *set = &ipsets->items[i];
		hj_operation operation;
		hj__at_name(run, "ipsets", set->name.text);
		check_name(run, &hj__ipset_rows[I_NAME], set->name, HJ_SELECT_IPSET, "ipset:");
		for (uint32_t k = 0; k < set->words.count; k++)
			check_operation(run, set->words.items[k], &operation);
		check_bare(run, &set->words);
	}
	if (ipsets->count)
		check_cycles(run);
}

/* -- postures ---------------------------------------------------------------------------------- */

static void blame_condition(hj_acceptance *run, hj_word word, size_t at, const char *what)
{
	hj_slice rest = hj_slice_of(word.text.data + at, word.text.size - at);
	hj_finding *finding = hj__blame(run, &hj__posture_rows[B_SYNTAX], word.node,
		hj__part(run, word, rest), "", "%s", what);
	hj__help(run, finding,
		"a condition is ATTRIBUTE OPERATOR VALUE, with texts in single quotes: "
		"\"node:os == 'macos'\"");
}

static void check_condition(hj_acceptance *run, hj_word word)
{
	hj_condition condition;
	size_t at = 0;
	const char *what = "";
	if (hj_is_template(word.text))
		return;
	if (!hj_condition_parse(word.text, &condition, &at, &what)) {
		blame_condition(run, word, at < word.text.size ? at : word.text.size, what);
		return;
	}
	hj_value_type type;
	hj_slice rest = condition.values, value;
	while (rest.size && hj_condition_value(&rest, &type, &value))
		;
	if (hj_trim(rest).size)
		blame_condition(run, word, (size_t)(rest.data - word.text.data),
			"expected a value: a text in single quotes, a number, true or false");
}

void hj__accept_postures(hj_acceptance *run)
{
	const hj_entries *postures = &run->policy->postures;
	run->stage = HJ_STAGE_POSTURES;
	for (uint32_t i = 0; i < postures->count; i++) {
		const hj_entry *posture = &postures->items[i];
		hj__at_name(run, "postures", posture->name.text);
		check_name(run, &hj__posture_rows[B_NAME], posture->name, HJ_SELECT_POSTURE,
			"posture:");
		for (uint32_t k = 0; k < posture->words.count; k++)
			check_condition(run, posture->words.items[k]);
	}
}
