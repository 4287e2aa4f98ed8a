#include "lint/lists.h"
#include "lint/records.h"

enum { DUPLICATE_ELEMENT, DUPLICATE_RULE, IDENTICAL_GROUPS, SAME_ADDRESS, RULE_COUNT };

static const hj_rule rules[RULE_COUNT] = {
	[DUPLICATE_ELEMENT] =
		{
			.code = "U010",
			.name = "duplicate-element",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a list names the same thing twice",
			.why = "The second has no effect. Whoever takes access away from somebody "
			       "removes one of the two, and believes that it is done.",
			.bad = "{\n"
			       "\t\"groups\": {\n"
			       "\t\t\"group:eng\": [\n"
			       "\t\t\t\"alice@example.com\",\n"
			       "\t\t\t\"bob@example.com\",\n"
			       "\t\t\t\"alice@example.com\",\n"
			       "\t\t],\n"
			       "\t},\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\n"
				"\t\t\"group:eng\": [\n"
				"\t\t\t\"alice@example.com\",\n"
				"\t\t\t\"bob@example.com\",\n"
				"\t\t],\n"
				"\t},\n"
				"}\n",
			.fix = "remove the second",
		},
	[DUPLICATE_RULE] =
		{
			.code = "U011",
			.name = "duplicate-rule",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a rule stands twice, word for word",
			.why = "The second has no effect. Whoever changes one of the two changes "
			       "nothing: the other goes on allowing what it allows.",
			.bad = "{\n"
			       "\t\"acls\": [\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
			       "\"dst\": [\"10.0.0.5:443\"]},\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"autogroup:admin\"], "
			       "\"dst\": [\"*:*\"]},\n"
			       "\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
			       "\"dst\": [\"10.0.0.5:443\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"acls\": [\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"autogroup:member\"], "
				"\"dst\": [\"10.0.0.5:443\"]},\n"
				"\t\t{\"action\": \"accept\", \"src\": [\"autogroup:admin\"], "
				"\"dst\": [\"*:*\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "remove the second",
		},
	[IDENTICAL_GROUPS] =
		{
			.code = "U012",
			.name = "identical-groups",
			.severity = HJ_INFO_LEVEL,
			.summary = "two groups have the same members in the same order",
			.why = "Either is enough until they differ. Whoever adds a member to one "
			       "may have meant both.",
			.bad = "{\n"
			       "\t\"groups\": {\n"
			       "\t\t\"group:dev\": [\"alice@example.com\", \"bob@example.com\"],\n"
			       "\t\t\"group:ops\": [\"alice@example.com\", \"bob@example.com\"],\n"
			       "\t},\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\n"
				"\t\t\"group:dev\": [\"alice@example.com\", \"bob@example.com\"],\n"
				"\t\t\"group:ops\": [\"alice@example.com\"],\n"
				"\t},\n"
				"}\n",
			.fix = "use one group for both",
			.off = true,
		},
	[SAME_ADDRESS] =
		{
			.code = "U013",
			.name = "hosts-with-one-address",
			.severity = HJ_INFO_LEVEL,
			.summary = "two hosts have the same address",
			.why = "Rules for one are rules for the other, which nobody sees who reads "
			       "only one of the names. Often one was copied and its address never "
			       "changed.",
			.bad = "{\n"
			       "\t\"hosts\": {\"nas\": \"100.64.0.20\", \"printer\": "
			       "\"100.64.0.20\"},\n"
			       "}\n",
			.good = "{\n"
				"\t\"hosts\": {\"nas\": \"100.64.0.20\", \"printer\": "
				"\"100.64.0.21\"},\n"
				"}\n",
			.fix = "correct the address, or keep one name",
			.off = true,
		},
};

const hj_rule *hj__repeated_rules(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

typedef struct repetition {
	hj_lint_run *run;
	bool wants[RULE_COUNT];
	hj_map map;
} repetition;

static hj_span span_of(const repetition *check, uint32_t node)
{
	return hj_node_span(&hj_document_nodes(check->run->document)[node]);
}

/* -- strings of one list ----------------------------------------------------------------------- */

/* Up to this many strings a list is compared pair by pair; nearly all have fewer. */
enum { FEW = 12 };

static void report_element(repetition *check, const hj_words *words, uint32_t again, uint32_t first)
{
	hj_findings *findings = check->run->findings;
	const hj_word *word = &words->items[again];
	if (word->text.size == 0)
		return; /* a fault each time */
	hj_finding *finding =
		hj_findings_add(findings, &rules[DUPLICATE_ELEMENT], span_of(check, word->node),
			"\"%.*s\" stands twice in this list", HJ_SLICE_ARGS(word->text));
	hj_finding_relate(findings, finding, span_of(check, words->items[first].node),
		"it stands here first");
	hj__edit_remove_word(check->run, finding, words, again);
	if (finding)
		finding->safe = true;
}

static hj_status find_same_elements(repetition *check, const hj_words *words)
{
	if (words->count <= FEW) {
		for (uint32_t i = 1; i < words->count; i++)
			for (uint32_t j = 0; j < i; j++)
				if (hj_slice_equal(words->items[i].text, words->items[j].text)) {
					report_element(check, words, i, j);
					break;
				}
		return HJ_OK;
	}
	hj_map_clear(&check->map);
	for (uint32_t i = 0; i < words->count; i++) {
		uint32_t *first;
		bool was_there;
		if (hj_map_put(&check->map, words->items[i].text, i, &first, &was_there))
			return HJ_NO_MEMORY;
		if (was_there)
			report_element(check, words, i, *first);
	}
	return HJ_OK;
}

/* Operations may stand twice with another between them; other rules look at the rest of these. */
#define EXCEPT                                                                                     \
	(HJ__AT(IPSET_OPERATION) | HJ__AT(POSTURE_CONDITION) | HJ__AT(NODE_ATTR) |                 \
		HJ__AT(TEST_DST) | HJ__AT(SSH_TEST_DST))

static hj_status visit(void *context, hj__place place, const hj_words *words)
{
	(void)place;
	return words->count < 2 ? HJ_OK : find_same_elements(context, words);
}

/* -- rules ------------------------------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
	return hash ^ hash >> 29;
}

static uint64_t mix_token(uint64_t hash, const char *at, uint32_t size)
{
	uint64_t eight = 0;
	hash += size;
	for (; size >= sizeof eight; at += sizeof eight, size -= (uint32_t)sizeof eight) {
		memcpy(&eight, at, sizeof eight);
		hash = mix(hash, eight);
	}
	if (size >= 4) {
		uint32_t low, high;
		memcpy(&low, at, sizeof low);
		memcpy(&high, at + size - sizeof high, sizeof high);
		return mix(hash, (uint64_t)high << 32 | low);
	}
	for (eight = 0; size; size--)
		eight = eight << 8 | (unsigned char)*at++;
	return mix(hash, eight);
}

/* Of the tokens, not of what is between them. */
static uint64_t hash_of(const hj_document *document, uint32_t node, uint64_t seed)
{
	const hj_node *nodes = hj_document_nodes(document);
	const char *data = hj_document_source(document)->data;
	uint64_t hash = seed;
	for (uint32_t i = node; i < nodes[node].next; i++)
		if (hj_node_is_container(&nodes[i]))
			hash = mix(
				hash, (uint64_t)(nodes[i].next - i) << 8 | hj_node_kind(&nodes[i]));
		else
			hash = mix_token(
				hash, data + nodes[i].start, nodes[i].end - nodes[i].start);
	return hash;
}

static bool is_same(const hj_document *document, uint32_t a, uint32_t b)
{
	const hj_node *nodes = hj_document_nodes(document);
	const hj_source *source = hj_document_source(document);
	uint32_t count = nodes[a].next - a;
	if (nodes[b].next - b != count)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const hj_node *one = &nodes[a + i], *other = &nodes[b + i];
		if (hj_node_kind(one) != hj_node_kind(other) ||
			one->next - (a + i) != other->next - (b + i) ||
			(!hj_node_is_container(one) &&
				!hj_slice_equal(hj_source_slice(source, hj_node_span(one)),
					hj_source_slice(source, hj_node_span(other)))))
			return false;
	}
	return true;
}

static void report_record(
	repetition *check, const hj__records *list, uint32_t again, uint32_t first)
{
	hj_findings *findings = check->run->findings;
	hj_finding *finding = hj_findings_add(findings, &rules[DUPLICATE_RULE],
		span_of(check, hj__record_at(list, again)), "this %s stands twice", list->noun);
	hj_finding_relate(findings, finding, span_of(check, hj__record_at(list, first)),
		"it stands here first");
	hj__record_remove(check->run, finding, list, again);
	if (finding)
		finding->safe = true;
}

/*
 * Records by their hashes, in an eighth of the room that a map would take: there may be very many,
 * and each page that is touched takes time.
 */
typedef struct hash_table {
	uint64_t *hashes; /* of each record that was put */
	uint32_t *slots;  /* 1 + a record; 0: free */
	size_t count, mask;
} hash_table;

/* The first record with the hash of this one, which is this one when there was none. */
static uint32_t first_alike(hash_table *table, uint32_t record)
{
	uint64_t hash = table->hashes[record];
	for (size_t at = (size_t)(hash >> 7) & table->mask;; at = (at + 1) & table->mask) {
		uint32_t there = table->slots[at];
		if (there && table->hashes[there - 1] != hash)
			continue;
		if (!there)
			table->slots[at] = record + 1;
		return there ? there - 1 : record;
	}
}

static hj_status make_table(const hj_allocator *allocator, size_t count, hash_table *out)
{
	*out = (hash_table){.count = count, .mask = 15};
	while (out->mask < count + count / 2)
		out->mask = 2 * out->mask + 1;
	size_t bytes = (out->mask + 1) * sizeof *out->slots;
	out->hashes = hj_alloc(allocator, count * sizeof *out->hashes);
	out->slots = hj_alloc(allocator, bytes);
	if (!out->hashes || !out->slots)
		return HJ_NO_MEMORY;
	memset(out->slots, 0, bytes);
	return HJ_OK;
}

static void free_table(const hj_allocator *allocator, hash_table *table)
{
	hj_free(allocator, table->hashes, table->count * sizeof *table->hashes);
	hj_free(allocator, table->slots, (table->mask + 1) * sizeof *table->slots);
}

static hj_status find_same_records(repetition *check, const hj__records *list)
{
	const hj_document *document = check->run->document;
	const hj_allocator *allocator = check->run->allocator;
	uint64_t seed = check->map.seed;
	hash_table table;
	if (list->count < 2)
		return HJ_OK;
	hj_status status = make_table(allocator, list->count, &table);
	for (uint32_t i = 0; !status && i < list->count; i++) {
		table.hashes[i] = hash_of(document, hj__record_at(list, i), seed);
		uint32_t first = first_alike(&table, i);
		if (first != i &&
			is_same(document, hj__record_at(list, i), hj__record_at(list, first)))
			report_record(check, list, i, first);
	}
	free_table(allocator, &table);
	return status;
}

static hj_status find_duplicate_rules(repetition *check)
{
	const hj_policy *policy = check->run->policy;
	const hj__records lists[] = {
		HJ__RECORDS(policy->acls, "rule"),
		HJ__RECORDS(policy->grants, "grant"),
		HJ__RECORDS(policy->ssh, "rule"),
		HJ__RECORDS(policy->node_attrs, "entry"),
	};
	hj_status status = HJ_OK;
	for (size_t i = 0; !status && i < sizeof lists / sizeof *lists; i++)
		status = find_same_records(check, &lists[i]);
	return status;
}

/* -- definitions ------------------------------------------------------------------------------- */

static hj_status find_identical_groups(repetition *check)
{
	const hj_document *document = check->run->document;
	const hj_entries *groups = &check->run->policy->groups;
	size_t size = groups->count * sizeof(uint64_t);
	if (groups->count < 2)
		return HJ_OK;
	uint64_t *hashes = hj_alloc(check->run->allocator, size);
	hj_status status = hashes ? HJ_OK : HJ_NO_MEMORY;
	hj_map_clear(&check->map);
	for (uint32_t i = 0; !status && i < groups->count; i++) {
		uint32_t *first, value = groups->items[i].value;
		bool was_there;
		if (groups->items[i].words.count == 0)
			continue;
		hashes[i] = hash_of(document, value, 0);
		hj_slice key = {(const char *)&hashes[i], sizeof *hashes};
		status = hj_map_put(&check->map, key, i, &first, &was_there);
		if (status || !was_there || !is_same(document, value, groups->items[*first].value))
			continue;
		const hj_word *one = &groups->items[i].name, *other = &groups->items[*first].name;
		hj_finding *finding = hj_findings_add(check->run->findings,
			&rules[IDENTICAL_GROUPS], span_of(check, one->node),
			"\"%.*s\" has the same members as \"%.*s\"", HJ_SLICE_ARGS(one->text),
			HJ_SLICE_ARGS(other->text));
		hj_finding_relate(check->run->findings, finding, span_of(check, other->node),
			"the other group");
	}
	hj_map_free(&check->map);
	hj_map_init(&check->map, check->run->allocator);
	hj_free(check->run->allocator, hashes, size);
	return status;
}

static hj_status find_same_addresses(repetition *check)
{
	const hj_entries *hosts = &check->run->policy->hosts;
	hj_map_clear(&check->map);
	for (uint32_t i = 0; i < hosts->count; i++) {
		const hj_entry *host = &hosts->items[i];
		uint32_t *first;
		bool was_there;
		if (host->word.text.size == 0)
			continue;
		if (hj_map_put(&check->map, host->word.text, i, &first, &was_there))
			return HJ_NO_MEMORY;
		if (!was_there)
			continue;
		hj_finding *finding = hj_findings_add(check->run->findings, &rules[SAME_ADDRESS],
			span_of(check, host->name.node), "\"%.*s\" has the address of \"%.*s\"",
			HJ_SLICE_ARGS(host->name.text),
			HJ_SLICE_ARGS(hosts->items[*first].name.text));
		hj_finding_relate(check->run->findings, finding,
			span_of(check, hosts->items[*first].name.node), "the other host");
	}
	return HJ_OK;
}

hj_status hj__check_repeated(hj_lint_run *run)
{
	/* Of a broken document some part may not be what it looks like. */
	if (!run->is_policy || hj_document_error(run->document))
		return HJ_OK;
	repetition check = {.run = run};
	for (int i = 0; i < RULE_COUNT; i++)
		check.wants[i] = hj__wants(run, &rules[i]);
	hj_map_init(&check.map, run->allocator);
	hj_status status = HJ_OK;
	if (check.wants[DUPLICATE_ELEMENT])
		status = hj__each_list(run->policy, ~EXCEPT, visit, &check);
	if (!status && check.wants[DUPLICATE_RULE])
		status = find_duplicate_rules(&check);
	if (!status && check.wants[IDENTICAL_GROUPS])
		status = find_identical_groups(&check);
	if (!status && check.wants[SAME_ADDRESS])
		status = find_same_addresses(&check);
	hj_map_free(&check.map);
	return status ? status : run->findings->status;
}
