/*
 * The files of testdata/diff: lists of cases. A case is two policies and what differs:
 *
 *     {"about": "why", "old": {…}, "new": {…}, "inventory": {…}, "tailnet": "example.com",
 *      "want": ["+ SENTENCE", "- SENTENCE"]}
 *
 * Every case is compared in both directions, and the engine is asked about every witness. The same is
 * done with real policies, and with each of them written differently.
 */
#include "engine/difference.h"
#include "engine/login.h"
#include "format/format.h"
#include "syntax/patch.h"
#include "testdata/support/failing.h"
#include "testdata/support/json.h"

#include <criterion/criterion.h>
#include <dirent.h>

/* -- a comparison ----------------------------------------------------------------------------------- */

struct comparison {
	hj_document *documents[HJ_SIDES]; /* borrowed */
	hj_policy policies[HJ_SIDES];
	hj_world worlds[HJ_SIDES];
	hj_difference difference;
};

static void compare(struct comparison *out, hj_document *old_document, hj_document *new_document,
	const hj_inventory *inventory, hj_slice tailnet)
{
	*out = (struct comparison){.documents = {old_document, new_document}};
	for (int i = 0; i < HJ_SIDES; i++) {
		cr_assert_eq(hj_policy_bind(out->documents[i], NULL, &out->policies[i]), HJ_OK);
		cr_assert_eq(hj_world_build(
				     &out->policies[i], inventory, tailnet, NULL, &out->worlds[i]),
			HJ_OK);
	}
	cr_assert_eq(hj_difference_find(&out->worlds[HJ_OLD], &out->worlds[HJ_NEW], NULL, NULL,
			     &out->difference),
		HJ_OK);
	bool equal;
	cr_assert_eq(
		hj_difference_equal(&out->worlds[HJ_OLD], &out->worlds[HJ_NEW], 0, NULL, &equal),
		HJ_OK);
	cr_expect_eq(equal, out->difference.gained + out->difference.lost == 0);
	cr_expect_eq(out->difference.count + out->difference.left_out,
		out->difference.gained + out->difference.lost);
}

static void forget(struct comparison *comparison)
{
	hj_difference_free(&comparison->difference);
	for (int i = 0; i < HJ_SIDES; i++) {
		hj_world_free(&comparison->worlds[i]);
		hj_policy_free(&comparison->policies[i]);
	}
}

/* "+ SENTENCE" */
static void append_line(hj_text *out, const hj_change *change)
{
	hj_text_str(out, change->gained ? "+ " : "- ");
	hj_text_append(out, change->sentence);
	hj_text_byte(out, '\n');
}

static void append_names(hj_text *out, const hj_names *names)
{
	for (uint32_t i = 0; i < names->count; i++) {
		hj_text_byte(out, i ? ',' : '|');
		hj_text_append(out, names->items[i]);
	}
	hj_text_printf(out, "|%u", names->left_out);
}

/* All that a change says, as one line; mirrored: as the change the other way round says it. */
static void append_mirror(hj_text *out, const hj_change *change, bool mirrored)
{
	hj_text_printf(out, "%c%s%s", change->gained != mirrored ? '+' : '-',
		hj_plane_name(change->plane), change->partly ? " partly" : "");
	append_names(out, &change->sources);
	append_names(out, &change->excepted);
	append_names(out, &change->destinations);
	append_names(out, &change->excepted_destinations);
	append_names(out, &change->what);
	append_names(out, &change->had);
	append_names(out, &change->conditions);
	hj_text_byte(out, '\n');
}

/* -- witnesses ---------------------------------------------------------------------------------------- */

/* Does a device with these conditions meet a posture of a policy? */
static bool meets(const hj_policy *policy, hj_slice posture, const hj_names *conditions)
{
	for (uint32_t i = 0; i < policy->postures.count; i++) {
		const hj_entry *entry = &policy->postures.items[i];
		if (!hj_slice_equal(hj_trim(entry->name.text), posture))
			continue;
		for (uint32_t j = 0; j < entry->words.count; j++) {
			bool met = false;
			for (uint32_t k = 0; k < conditions->count; k++)
				met = met ||
					hj_slice_equal(conditions->items[k],
						hj_trim(entry->words.items[j].text));
			if (!met)
				return false;
		}
		return true;
	}
	return false;
}

static bool starts_with(hj_slice text, const char *with)
{
	return hj_slice_starts(text, hj_slice_str(with));
}

static bool ends_with(hj_slice text, const char *with)
{
	size_t size = strlen(with);
	return text.size >= size && memcmp(text.data + text.size - size, with, size) == 0;
}

/* "a device with tag:router routes 10.0.0.0/8": is that what the change asks of a router? */
static bool routes(const hj_change *change, hj_slice fact)
{
	static const char routing[] = "a device with ", by_exit[] = "via exit nodes with ";
	if (!starts_with(fact, routing))
		return false;
	fact = hj_slice_of(fact.data + sizeof routing - 1, fact.size - sizeof routing + 1);
	for (uint32_t i = 0; i < change->conditions.count; i++) {
		hj_slice via = change->conditions.items[i];
		bool exit = starts_with(via, by_exit);
		size_t skip = exit ? sizeof by_exit - 1 : 4;
		if (!starts_with(via, "via ") ||
			!hj_slice_starts(fact, hj_slice_of(via.data + skip, via.size - skip)))
			continue;
		/* Of "*" the fact is about the address, and of an exit node as well. */
		bool internet = ends_with(fact, "autogroup:internet");
		return exit ? internet || ends_with(fact, "198.51.100.1") : !internet;
	}
	return false;
}

/* Is a fact part of what the change says? */
static bool holds(const hj_policy *policy, const hj_change *change, hj_slice fact)
{
	const char meeting[] = "the device meets ";
	if (starts_with(fact, meeting))
		return meets(policy,
			hj_slice_of(fact.data + sizeof meeting - 1, fact.size - sizeof meeting + 1),
			&change->witness.posture);
	return routes(change, fact) ||
		(change->witness.routed && ends_with(fact, " is in an approved route")) ||
		(change->witness.own &&
			hj_slice_equal(fact,
				HJ_SLICE("source and destination are devices of one user"))) ||
		starts_with(fact, "the user is ") ||
		(change->sources.count && hj_slice_starts(fact, change->sources.items[0]) &&
			memmem(fact.data, fact.size, " includes ", 10));
}

struct answer {
	hj_truth truth;
	const hj_slice *facts;
	uint32_t fact_count;
};

static struct answer ask(hj_reach *reach, const hj_change *change)
{
	hj_world *world = hj_reach_world(reach);
	hj_subject destination = change->witness.destination;
	hj_origin source = {.subject = change->witness.source};
	cr_assert_eq(hj_subject_place(world, &source.subject), HJ_OK);
	cr_assert_eq(hj_subject_place(world, &destination), HJ_OK);
	if (change->plane == HJ_PLANE_SSH) {
		hj_login login;
		cr_assert_eq(
			hj_login_ask(reach, &source, &destination, change->witness.account, &login),
			HJ_OK);
		return (struct answer){login.allowed, login.facts, login.fact_count};
	}
	hj_verdict verdict;
	cr_assert_eq(hj_reach_from(reach, &source), HJ_OK);
	cr_assert_eq(hj_reach_to(reach, &destination, change->witness.protocol,
			     change->witness.port, &verdict),
		HJ_OK);
	return (struct answer){verdict.allowed, verdict.facts, verdict.fact_count};
}

/* What the engine says of a witness on one side, once the change's conditions are taken to hold. */
static hj_truth confirm(hj_world *world, const hj_change *change)
{
	hj_reach *reach, *settled;
	hj_map facts;
	hj_assumptions assumptions = {&facts, HJ_NO};
	hj_map_init(&facts, NULL);
	cr_assert_eq(hj_reach_build(world, NULL, NULL, &reach), HJ_OK);
	struct answer answer = ask(reach, change);
	for (uint32_t i = 0; i < answer.fact_count; i++)
		cr_assert_eq(hj_map_put(&facts, answer.facts[i],
				     holds(world->policy, change, answer.facts[i]), NULL, NULL),
			HJ_OK);
	cr_assert_eq(hj_reach_build(world, &assumptions, NULL, &settled), HJ_OK);
	hj_truth truth = ask(settled, change).truth;
	hj_reach_free(settled);
	hj_reach_free(reach);
	hj_map_free(&facts);
	return truth;
}

static void check_witness(const char *where, struct comparison *comparison, const hj_change *change)
{
	const hj_inventory *inventory = comparison->worlds[HJ_OLD].inventory;
	bool ssh = change->plane == HJ_PLANE_SSH;
	unsigned side = change->gained ? HJ_NEW : HJ_OLD;
	for (uint32_t i = 0; i < change->conditions.count; i++)
		/* The inventory knows which routers there are. */
		if (inventory && inventory->has_devices &&
			starts_with(change->conditions.items[i], "via "))
			return;
	/* reach.h has addresses for that, and exit nodes as such are none. */
	if ((change->plane != HJ_PLANE_NETWORK && !ssh) ||
		(change->destinations.count == 1 &&
			hj_slice_equal(change->destinations.items[0], HJ_SLICE("exit nodes"))))
		return;
	cr_expect_eq(confirm(&comparison->worlds[side], change), HJ_YES,
		"%s: not allowed on side %u: %.*s", where, side, (int)change->sentence.size,
		change->sentence.data);
	if (!ssh || !memmem(change->sentence.data, change->sentence.size, " only with", 10))
		cr_expect_eq(confirm(&comparison->worlds[!side], change), HJ_NO,
			"%s: allowed on both sides: %.*s", where, (int)change->sentence.size,
			change->sentence.data);
}

/* -- cases ------------------------------------------------------------------------------------------ */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The lines of a text in order. */
static char *sorted(hj_text *text)
{
	char *copy = strdup(text->size ? hj_text_string(text) : ""), *lines[2048];
	size_t count = 0;
	for (char *line = strtok(copy, "\n"); line && count < 2048; line = strtok(NULL, "\n"))
		lines[count++] = line;
	qsort(lines, count, sizeof *lines, by_text);
	char *out = calloc(1, text->size + 2);
	for (size_t i = 0; i < count; i++) {
		strcat(out, lines[i]);
		strcat(out, "\n");
	}
	free(copy);
	return out;
}

static void expect_same(const char *where, hj_text *got, hj_text *want)
{
	char *a = sorted(got), *b = sorted(want);
	cr_expect_str_eq(a, b, "%s: got\n%swant\n%s", where, a, b);
	free(a);
	free(b);
}

/* Both directions; want may be NULL. Returns how many changes there are. */
static uint32_t check(const char *where, hj_document *old_document, hj_document *new_document,
	const hj_inventory *inventory, hj_slice tailnet, hj_text *want)
{
	struct comparison there, back;
	hj_text lines[2], said;
	compare(&there, old_document, new_document, inventory, tailnet);
	compare(&back, new_document, old_document, inventory, tailnet);
	hj_text_init(&lines[0], NULL);
	hj_text_init(&lines[1], NULL);
	hj_text_init(&said, NULL);
	for (uint32_t i = 0; i < there.difference.count; i++) {
		append_line(&said, &there.difference.changes[i]);
		append_mirror(&lines[0], &there.difference.changes[i], false);
		check_witness(where, &there, &there.difference.changes[i]);
	}
	for (uint32_t i = 0; i < back.difference.count; i++)
		append_mirror(&lines[1], &back.difference.changes[i], true);
	if (want)
		expect_same(where, &said, want);
	expect_same(where, &lines[1], &lines[0]);
	cr_expect_eq(there.difference.gained, back.difference.lost, "%s: no mirror", where);
	cr_expect_eq(there.difference.lost, back.difference.gained, "%s: no mirror", where);
	uint32_t count = there.difference.gained + there.difference.lost;
	hj_text_free(&lines[0]);
	hj_text_free(&lines[1]);
	hj_text_free(&said);
	forget(&there);
	forget(&back);
	return count;
}

static uint32_t find(const hj_document *document, uint32_t object, const char *name)
{
	const hj_node *nodes = hj_document_nodes(document);
	for (uint32_t i = hj_node_first(object); i < nodes[object].next;) {
		uint32_t value = nodes[i].next;
		if (hj_string_equals(document, i, hj_slice_str(name)))
			return value;
		i = nodes[value].next;
	}
	return 0;
}

static void check_case(const char *file, hj_document *cases, uint32_t node)
{
	const hj_node *nodes = hj_document_nodes(cases);
	uint32_t about = find(cases, node, "about"), with = find(cases, node, "inventory");
	uint32_t tailnet = find(cases, node, "tailnet"), want = find(cases, node, "want");
	hj_text where, lines, domain;
	hj_text_init(&where, NULL);
	hj_text_init(&lines, NULL);
	hj_text_init(&domain, NULL);
	hj_text_printf(&where, "%s: ", file);
	hj_string_decode(
		hj_source_slice(hj_document_source(cases), hj_node_span(&nodes[about])), &where);
	for (uint32_t i = hj_node_first(want); i < nodes[want].next; i = nodes[i].next) {
		hj_string_decode(
			hj_source_slice(hj_document_source(cases), hj_node_span(&nodes[i])),
			&lines);
		hj_text_byte(&lines, '\n');
	}
	if (tailnet)
		hj_string_decode(
			hj_source_slice(hj_document_source(cases), hj_node_span(&nodes[tailnet])),
			&domain);
	hj_document *old_policy = json_copy(cases, find(cases, node, "old"));
	hj_document *new_policy = json_copy(cases, find(cases, node, "new"));
	hj_document *known = with ? json_copy(cases, with) : NULL;
	hj_inventory inventory;
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	if (known)
		cr_assert_eq(hj_inventory_bind(known, NULL, &findings, &inventory), HJ_OK);
	cr_expect_eq(findings.count, 0, "%s: the inventory has findings", hj_text_string(&where));
	check(hj_text_string(&where), old_policy, new_policy, known ? &inventory : NULL,
		hj_text_slice(&domain), &lines);
	if (known)
		hj_inventory_free(&inventory);
	hj_findings_free(&findings);
	json_free(known);
	json_free(old_policy);
	json_free(new_policy);
	hj_text_free(&where);
	hj_text_free(&lines);
	hj_text_free(&domain);
}

/* Ends the test's process when the file is no HuJSON. */
static hj_document *load(const char *path)
{
	hj_text text;
	hj_source *source;
	hj_document *document;
	hj_text_init(&text, NULL);
	cr_assert(golden_read(path, &text), "cannot read %s", path);
	cr_assert_eq(hj_source_adopt(NULL, &text, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	hj_text_free(&text);
	return document;
}

static int is_case_file(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');
	return dot && strcmp(dot, ".hujson") == 0;
}

Test(difference, cases)
{
	struct dirent **entries;
	int count = scandir("testdata/diff", &entries, is_case_file, alphasort);
	cr_assert_gt(count, 0, "no cases");
	for (int i = 0; i < count; i++) {
		char path[PATH_MAX];
		snprintf(path, sizeof path, "testdata/diff/%s", entries[i]->d_name);
		hj_document *cases = load(path);
		cr_assert_not(hj_document_error(cases), "%s does not parse", path);
		const hj_node *nodes = hj_document_nodes(cases);
		for (uint32_t at = hj_node_first(0); at < nodes[0].next; at = nodes[at].next)
			check_case(entries[i]->d_name, cases, at);
		json_free(cases);
		free(entries[i]);
	}
	free(entries);
}

/* -- real policies ------------------------------------------------------------------------------------ */

struct corpus {
	char folder[PATH_MAX];
	hj_text manifest;
	size_t at;
	char path[2 * PATH_MAX];
	unsigned long lineage;
};

static bool corpus_open(struct corpus *corpus)
{
	const char *shared = getenv("HUJSON_SHARED");
	char path[PATH_MAX + 32];
	if (!shared || !*shared)
		return false;
	snprintf(corpus->folder, sizeof corpus->folder, "%s/corpora", shared);
	snprintf(path, sizeof path, "%s/manifest.tsv", corpus->folder);
	hj_text_init(&corpus->manifest, NULL);
	corpus->at = 0;
	cr_assert(golden_read(path, &corpus->manifest));
	cr_assert(hj_text_string(&corpus->manifest));
	return true;
}

/* The next policy that parses, by lineage as the manifest has them. */
static bool corpus_next(struct corpus *corpus)
{
	while (corpus->at < corpus->manifest.size) {
		char *line = corpus->manifest.data + corpus->at, *end = strchr(line, '\n');
		char file[256], kind[32], origin[32], parse[32];
		unsigned bytes;
		corpus->at =
			end ? (size_t)(end - corpus->manifest.data) + 1 : corpus->manifest.size;
		if (sscanf(line, "%255[^\t]\t%u\t%31[^\t]\t%31[^\t]\t%31[^\t]\t%lu", file, &bytes,
			    kind, origin, parse, &corpus->lineage) != 6 ||
			strcmp(parse, "ok") != 0 || strncmp(file, "policies/", 9) != 0)
			continue;
		snprintf(corpus->path, sizeof corpus->path, "%s/%s", corpus->folder, file);
		return true;
	}
	hj_text_free(&corpus->manifest);
	return false;
}

static hj_document *in_style(const hj_document *document, hj_style style)
{
	hj_format_options options = {.style = style};
	hj_text text;
	hj_source *source;
	hj_document *out;
	hj_text_init(&text, NULL);
	cr_assert_eq(hj_format(document, &options, &text), HJ_OK);
	cr_assert_eq(hj_source_adopt(NULL, &text, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &out), HJ_OK);
	hj_text_free(&text);
	return out;
}

static hj_document *patched(
	const hj_document *document, hj_verb verb, const char *pointer, const char *value)
{
	hj_edits edits;
	hj_text text;
	hj_source *source, *spelled = NULL;
	hj_document *out, *parsed = NULL;
	const hj_source *from = hj_document_source(document);
	hj_edits_init(&edits, NULL);
	hj_text_init(&text, NULL);
	if (value) {
		cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(value), &spelled), HJ_OK);
		cr_assert_eq(hj_parse(spelled, 0, &parsed), HJ_OK);
	}
	cr_assert_eq(hj_patch_one(document, verb, hj_slice_str(pointer), parsed, HJ_PATCH_KIND,
			     &edits, NULL),
		HJ_OK);
	cr_assert_eq(hj_edits_apply(
			     edits.items, edits.count, hj_slice_of(from->data, from->size), &text),
		HJ_OK);
	cr_assert_eq(hj_source_adopt(NULL, &text, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &out), HJ_OK);
	hj_edits_free(&edits);
	hj_text_free(&text);
	hj_document_free(parsed);
	hj_source_free(spelled);
	return out;
}

/* Rules only allow: without one of them nothing is gained, unless it was the last word on logins. */
static void check_without_rules(const char *path, hj_document *document, unsigned *lost)
{
	static const char *const sections[] = {"acls", "grants"};
	const hj_node *nodes = hj_document_nodes(document);
	for (int i = 0; i < 2; i++) {
		uint32_t section = find(document, 0, sections[i]), index = 0;
		if (!section || hj_node_kind(&nodes[section]) != HJ_ARRAY)
			continue;
		for (uint32_t at = hj_node_first(section); at < nodes[section].next && index < 12;
			at = nodes[at].next, index++) {
			char pointer[64];
			snprintf(pointer, sizeof pointer, "/%s/%u", sections[i], index);
			hj_document *without = patched(document, HJ_REMOVE, pointer, NULL);
			struct comparison comparison;
			compare(&comparison, document, without, NULL, HJ_SLICE(""));
			cr_expect_eq(
				comparison.difference.gained, 0, "%s without %s", path, pointer);
			for (uint32_t j = 0; j < comparison.difference.count; j++)
				check_witness(path, &comparison, &comparison.difference.changes[j]);
			*lost += comparison.difference.lost > 0;
			forget(&comparison);
			json_free(without);
		}
	}
}

/* A grant for tags that nobody has, unless they may do it already. */
static void check_with_rule(const char *path, hj_document *document)
{
	bool acls = find(document, 0, "acls"), grants = find(document, 0, "grants");
	if (!acls && !grants)
		return;
	hj_document *with = acls
		? patched(document, HJ_ADD, "/acls/-",
			  "{\"action\": \"accept\", \"src\": [\"tag:zz-one\"], \"proto\": \"tcp\", "
			  "\"dst\": [\"tag:zz-two:7777\"]}")
		: patched(document, HJ_ADD, "/grants/-",
			  "{\"src\": [\"tag:zz-one\"], \"dst\": [\"tag:zz-two\"], "
			  "\"ip\": [\"tcp:7777\"]}");
	struct comparison comparison;
	compare(&comparison, document, with, NULL, HJ_SLICE(""));
	hj_reach *reach;
	hj_verdict verdict;
	hj_origin source = {.subject = {.kind = HJ_SUBJECT_TAG, .index = HJ_NONE}};
	hj_subject destination = {.kind = HJ_SUBJECT_TAG, .index = HJ_NONE};
	hj_assumptions no = {NULL, HJ_NO};
	cr_assert_eq(hj_reach_build(&comparison.worlds[HJ_OLD], &no, NULL, &reach), HJ_OK);
	cr_assert_eq(hj_reach_from(reach, &source), HJ_OK);
	cr_assert_eq(hj_reach_to(reach, &destination, 6, 7777, &verdict), HJ_OK);
	cr_expect_eq(comparison.difference.gained, verdict.allowed != HJ_YES, "%s", path);
	cr_expect_eq(comparison.difference.lost, 0, "%s", path);
	if (comparison.difference.gained)
		cr_expect(hj_slice_equal(comparison.difference.changes[0].sentence,
				  HJ_SLICE("tag:zz-one may reach tcp:7777 on tag:zz-two")),
			"%s: %.*s", path, (int)comparison.difference.changes[0].sentence.size,
			comparison.difference.changes[0].sentence.data);
	hj_reach_free(reach);
	forget(&comparison);
	json_free(with);
}

Test(difference, real_policies_against_themselves)
{
	struct corpus corpus;
	unsigned count = 0, lost = 0;
	if (!corpus_open(&corpus))
		cr_skip_test("HUJSON_SHARED is not set");
	while (corpus_next(&corpus)) {
		hj_document *document = load(corpus.path);
		hj_document *pretty = in_style(document, HJ_CANONICAL);
		hj_document *small = in_style(document, HJ_MINIMIZED);
		hj_slice none = HJ_SLICE("");
		cr_expect_eq(check(corpus.path, document, document, NULL, none, NULL), 0);
		cr_expect_eq(check(corpus.path, document, pretty, NULL, none, NULL), 0);
		cr_expect_eq(check(corpus.path, small, document, NULL, none, NULL), 0);
		if (hj_node_kind(&hj_document_nodes(document)[0]) == HJ_OBJECT) {
			check_without_rules(corpus.path, document, &lost);
			check_with_rule(corpus.path, document);
		}
		json_free(pretty);
		json_free(small);
		json_free(document);
		count++;
	}
	cr_expect_gt(count, 250);
	cr_expect_gt(lost, 250);
}

Test(difference, real_policies_against_their_next_versions)
{
	struct corpus corpus;
	unsigned pairs = 0, different = 0;
	unsigned long lineage = 0;
	hj_document *before = NULL;
	if (!corpus_open(&corpus))
		cr_skip_test("HUJSON_SHARED is not set");
	while (corpus_next(&corpus)) {
		hj_document *document = load(corpus.path);
		if (before && corpus.lineage == lineage) {
			pairs++;
			different +=
				check(corpus.path, before, document, NULL, HJ_SLICE(""), NULL) > 0;
		}
		json_free(before);
		before = document;
		lineage = corpus.lineage;
	}
	json_free(before);
	cr_expect_gt(pairs, 100);
	cr_expect_gt(different, 50);
}

/* -- memory ------------------------------------------------------------------------------------------- */

static const char old_text[] =
	"{\"groups\": {\"group:eng\": [\"alice@example.com\", \"bob@example.com\"]},"
	" \"hosts\": {\"db\": \"10.0.0.5\"}, \"ipsets\": {\"ipset:x\": [\"10.9.0.0/16\"]},"
	" \"postures\": {\"posture:mac\": [\"node:os == 'macos'\"]},"
	" \"tagOwners\": {\"tag:a\": []},"
	" \"acls\": [{\"action\": \"accept\", \"src\": [\"group:eng\"], \"dst\": [\"tag:a:22\"]},"
	"  {\"action\": \"accept\", \"src\": [\"autogroup:member\"], \"dst\": "
	"[\"autogroup:self:*\"]}],"
	" \"ssh\": [{\"action\": \"accept\", \"src\": [\"group:eng\"], \"dst\": [\"tag:a\"],"
	"  \"users\": [\"root\"]}]}";
static const char new_text[] =
	"{\"groups\": {\"group:eng\": [\"alice@example.com\", \"carol@example.com\"]},"
	" \"hosts\": {\"db\": \"10.0.0.6\"}, \"ipsets\": {\"ipset:x\": [\"10.9.0.0/17\"]},"
	" \"postures\": {\"posture:mac\": [\"node:os == 'macos'\", \"node:tsAutoUpdate\"]},"
	" \"tagOwners\": {\"tag:a\": [\"group:eng\"], \"tag:b\": [\"tag:a\"]},"
	" \"grants\": [{\"src\": [\"group:eng\"], \"dst\": [\"tag:a\"], \"ip\": [\"*\"],"
	"   \"app\": {\"example.com/cap/x\": [{\"a\": [1, \"b\"]}]}},"
	"  {\"src\": [\"*\"], \"dst\": [\"db\", \"ipset:x\"], \"ip\": [\"tcp:1-9\"],"
	"   \"srcPosture\": [\"posture:mac\"], \"via\": [\"tag:b\"]},"
	"  {\"src\": [\"user:*@example.com\"], \"dst\": [\"100.64.0.1\"], \"ip\": [\"1\"]}],"
	" \"ssh\": [{\"action\": \"check\", \"src\": [\"group:eng\"], \"dst\": [\"tag:a\"],"
	"  \"users\": [\"root\", \"localpart:*@example.com\"]}],"
	" \"nodeAttrs\": [{\"target\": [\"*\"], \"attr\": [\"funnel\"]}],"
	" \"autoApprovers\": {\"routes\": {\"10.0.0.0/8\": [\"tag:b\"]}, \"exitNode\": "
	"[\"tag:b\"]}}";

static hj_document *parse(const char *text)
{
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	cr_assert_not(hj_document_error(document));
	return document;
}

/* One run with a failing allocator; worlds are made without it. */
static hj_status run_failing(
	hj_policy *policies, const hj_inventory *inventory, failing_state *state, bool *equal)
{
	hj_allocator allocator = failing_allocator(state);
	hj_world worlds[HJ_SIDES];
	hj_difference difference;
	for (int i = 0; i < HJ_SIDES; i++)
		cr_assert_eq(
			hj_world_build(&policies[i], inventory, HJ_SLICE(""), NULL, &worlds[i]),
			HJ_OK);
	hj_status status = equal
		? hj_difference_equal(&worlds[HJ_OLD], &worlds[HJ_NEW], 0, &allocator, equal)
		: hj_difference_find(
			  &worlds[HJ_OLD], &worlds[HJ_NEW], NULL, &allocator, &difference);
	if (!equal && !status) {
		cr_expect_gt(difference.gained, 8);
		cr_expect_gt(difference.lost, 2);
		hj_difference_free(&difference);
	}
	hj_world_free(&worlds[HJ_OLD]);
	hj_world_free(&worlds[HJ_NEW]);
	return status;
}

Test(difference, survives_every_failing_allocation)
{
	hj_document *documents[] = {parse(old_text), parse(new_text),
		parse("{\"users\": [{\"loginName\": \"alice@example.com\"}],"
		      " \"devices\": [{\"name\": \"one\", \"addresses\": [\"100.64.0.1\"],"
		      "  \"tags\": [\"tag:a\"]}, {\"name\": \"two\", \"addresses\": "
		      "[\"100.64.0.2\"],"
		      "  \"user\": \"alice@example.com\"}]}")};
	hj_policy policies[HJ_SIDES];
	hj_inventory inventory;
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	cr_assert_eq(hj_policy_bind(documents[0], NULL, &policies[0]), HJ_OK);
	cr_assert_eq(hj_policy_bind(documents[1], NULL, &policies[1]), HJ_OK);
	cr_assert_eq(hj_inventory_bind(documents[2], NULL, &findings, &inventory), HJ_OK);
	cr_assert_eq(findings.count, 0);
	for (int round = 0; round < 4; round++)
		for (size_t n = 0;; n++) {
			bool equal = true;
			failing_state state = {.fail_at = n, .for_ever = round & 1};
			hj_status status = run_failing(policies, round & 1 ? &inventory : NULL,
				&state, round & 2 ? &equal : NULL);
			cr_assert_eq(state.blocks, 0, "allocation %zu leaks", n);
			if (!state.failed) {
				cr_assert_eq(status, HJ_OK);
				cr_expect_gt(n, 50);
				cr_expect_eq(equal, !(round & 2));
				break;
			}
			cr_assert_eq(status, HJ_NO_MEMORY, "allocation %zu", n);
		}
	hj_inventory_free(&inventory);
	hj_policy_free(&policies[0]);
	hj_policy_free(&policies[1]);
	hj_findings_free(&findings);
	for (int i = 0; i < 3; i++)
		json_free(documents[i]);
}

Test(difference, says_how_many_were_left_out)
{
	hj_text texts[2];
	hj_document *documents[2];
	hj_policy policies[2];
	hj_world worlds[2];
	hj_difference difference;
	for (int side = 0; side < 2; side++) {
		hj_text_init(&texts[side], NULL);
		hj_text_str(&texts[side], "{\"grants\": [");
		for (unsigned i = 0; i < 50; i++)
			hj_text_printf(&texts[side],
				"{\"src\": [\"tag:s%u\"], \"dst\": [\"tag:d%u\"], \"ip\": "
				"[\"%u\"]},",
				i, i, i + (side ? 100 : 1));
		hj_text_str(&texts[side], "]}");
		documents[side] = parse(hj_text_string(&texts[side]));
		hj_text_free(&texts[side]);
		cr_assert_eq(hj_policy_bind(documents[side], NULL, &policies[side]), HJ_OK);
		cr_assert_eq(
			hj_world_build(&policies[side], NULL, HJ_SLICE(""), NULL, &worlds[side]),
			HJ_OK);
	}
	static const struct {
		unsigned max, gained, lost;
	} limits[] = {{0, 50, 50}, {100, 50, 50}, {99, 50, 49}, {10, 5, 5}, {1, 1, 0}};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		hj_difference_options options = {
			.planes = 1u << HJ_PLANE_NETWORK, .max_changes = limits[i].max};
		unsigned gained = 0, lost = 0;
		cr_assert_eq(
			hj_difference_find(&worlds[0], &worlds[1], &options, NULL, &difference),
			HJ_OK);
		for (uint32_t j = 0; j < difference.count; j++)
			*(difference.changes[j].gained ? &gained : &lost) += 1;
		cr_expect_eq(difference.gained, 50);
		cr_expect_eq(difference.lost, 50);
		cr_expect_eq(difference.by_plane[HJ_PLANE_NETWORK][1], 50);
		cr_expect_eq(gained, limits[i].gained);
		cr_expect_eq(lost, limits[i].lost);
		cr_expect_eq(difference.left_out, 100 - gained - lost);
		hj_difference_free(&difference);
	}
	for (int side = 0; side < 2; side++) {
		hj_world_free(&worlds[side]);
		hj_policy_free(&policies[side]);
		json_free(documents[side]);
	}
}
