#include "testdata/support/compared.h"

#include "engine/login.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>

void compared_make(struct compared *out, hj_document *old_document, hj_document *new_document,
	const hj_inventory *inventory, hj_slice tailnet)
{
	*out = (struct compared){.documents = {old_document, new_document}};
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

void compared_free(struct compared *comparison)
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

void compared_witness(const char *where, struct compared *comparison, const hj_change *change)
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
uint32_t compared_check(const char *where, hj_document *old_document, hj_document *new_document,
	const hj_inventory *inventory, hj_slice tailnet, hj_text *want)
{
	struct compared there, back;
	hj_text lines[2], said;
	compared_make(&there, old_document, new_document, inventory, tailnet);
	compared_make(&back, new_document, old_document, inventory, tailnet);
	hj_text_init(&lines[0], NULL);
	hj_text_init(&lines[1], NULL);
	hj_text_init(&said, NULL);
	for (uint32_t i = 0; i < there.difference.count; i++) {
		append_line(&said, &there.difference.changes[i]);
		append_mirror(&lines[0], &there.difference.changes[i], false);
		compared_witness(where, &there, &there.difference.changes[i]);
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
	compared_free(&there);
	compared_free(&back);
	return count;
}

/* -- documents ---------------------------------------------------------------------------------------- */

uint32_t compared_member(const hj_document *document, uint32_t object, const char *name)
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

hj_document *compared_load(const char *path)
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
