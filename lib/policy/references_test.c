#include "policy/references.h"

#include "testdata/support/failing.h"

#include <criterion/criterion.h>

enum { ANY = 1U << HJ_TAG | 1U << HJ_GROUP | 1U << HJ_HOST | 1U << HJ_IPSET };

Test(references, a_selector_names_what_it_names)
{
	static const hj_position source = {"src", .names = ANY};
	static const hj_position target = {"dst", .names = ANY, .ports = true};
	static const hj_position item = {"ipsets", .names = ANY, .operation = true};
	static const hj_position owner = {"tagOwners", .names = 1U << HJ_TAG};
	static const struct {
		const hj_position *position;
		const char *text;
		hj_name_kind kind;
		const char *name;
	} cases[] = {
		{&source, "tag:web", HJ_TAG, "tag:web"},
		{&source, " \ttag:web ", HJ_TAG, "tag:web"},
		{&source, "Tag:Web", HJ_TAG, "Tag:Web"},
		{&source, "tag:web:443", HJ_TAG, "tag:web:443"},
		{&source, "group:eng", HJ_GROUP, "group:eng"},
		{&source, "group:eng@example.com", HJ_NO_NAME, NULL},
		{&source, "group:finance team@example.com", HJ_NO_NAME, NULL},
		{&source, "ipset:x", HJ_IPSET, "ipset:x"},
		{&source, "posture:x", HJ_POSTURE, "posture:x"},
		{&source, "host:nas", HJ_HOST, "nas"},
		{&source, "host:", HJ_NO_NAME, NULL},
		{&source, "nas", HJ_HOST, "nas"},
		{&source, "%bogus%", HJ_HOST, "%bogus%"},
		{&source, "db.example.com", HJ_HOST, "db.example.com"},
		{&source, "nas:22", HJ_NO_NAME, NULL},
		{&source, "*", HJ_NO_NAME, NULL},
		{&source, "", HJ_NO_NAME, NULL},
		{&source, "  ", HJ_NO_NAME, NULL},
		{&source, "alice@example.com", HJ_NO_NAME, NULL},
		{&source, "alice@", HJ_NO_NAME, NULL},
		{&source, "user:*@example.com", HJ_NO_NAME, NULL},
		{&source, "autogroup:member", HJ_NO_NAME, NULL},
		{&source, "svc:web", HJ_NO_NAME, NULL},
		{&source, "10.0.0.0/8", HJ_NO_NAME, NULL},
		{&source, "10.0.0.300", HJ_NO_NAME, NULL},
		{&source, "10.0.0.1-10.0.0.9", HJ_NO_NAME, NULL},
		{&source, "fd7a:115c:a1e0::1", HJ_NO_NAME, NULL},
		{&source, "tag:${NAME}", HJ_NO_NAME, NULL},
		{&source, "${NAME}", HJ_NO_NAME, NULL},
		{&source, "{{ .Values.tag }}", HJ_NO_NAME, NULL},
		{&source, "tag:<yours>", HJ_NO_NAME, NULL},
		{&target, "tag:web:443", HJ_TAG, "tag:web"},
		{&target, "tag:web:80,443-500", HJ_TAG, "tag:web"},
		{&target, "tag:web:*", HJ_TAG, "tag:web"},
		{&target, "tag:web:ssh", HJ_TAG, "tag:web"},
		{&target, "tag:web", HJ_TAG, "tag:web"},
		{&target, "group:eng@example.com:22", HJ_NO_NAME, NULL},
		{&target, "nas:22", HJ_HOST, "nas"},
		{&target, "nas", HJ_HOST, "nas"},
		{&target, "host:nas:22", HJ_HOST, "nas"},
		{&target, "host:nas", HJ_HOST, "nas"},
		{&target, "*:*", HJ_NO_NAME, NULL},
		{&target, "100.64.0.1:22", HJ_NO_NAME, NULL},
		{&target, "[fd7a::1]:22", HJ_NO_NAME, NULL},
		{&target, "fd00:1::/64:443", HJ_NO_NAME, NULL},
		{&target, "fd7a::1:22", HJ_NO_NAME, NULL},
		{&target, "alice@example.com:22", HJ_NO_NAME, NULL},
		{&target, "autogroup:self", HJ_NO_NAME, NULL},
		{&target, "autogroup:self:*", HJ_NO_NAME, NULL},
		{&target, "svc:db:5432", HJ_NO_NAME, NULL},
		{&target, ":", HJ_NO_NAME, NULL},
		{&item, "add host:nas", HJ_HOST, "nas"},
		{&item, "remove\tipset:x", HJ_IPSET, "ipset:x"},
		{&item, "ipset:x", HJ_IPSET, "ipset:x"},
		{&item, "add", HJ_HOST, "add"},
		{&item, "add 10.0.0.0/8", HJ_NO_NAME, NULL},
		{&owner, "alice", HJ_NO_NAME, NULL},
		{&owner, "tag:web", HJ_TAG, "tag:web"},
		{&owner, "group:eng", HJ_GROUP, "group:eng"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_slice name;
		hj_name_kind kind =
			hj_selector_names(hj_slice_str(cases[i].text), cases[i].position, &name);
		cr_expect_eq(kind, cases[i].kind, "%s in %s: kind %d", cases[i].text,
			cases[i].position->path, (int)kind);
		if (kind && cases[i].name)
			cr_expect(hj_slice_equal(name, hj_slice_str(cases[i].name)),
				"%s in %s: %.*s", cases[i].text, cases[i].position->path,
				(int)name.size, name.data);
	}
}

static hj_document *parse(const char *text, hj_source **source)
{
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(text), source), HJ_OK);
	cr_assert_eq(hj_parse(*source, 0, &document), HJ_OK);
	return document;
}

static const char text[] =
	"{\n"
	"  \"tagOwners\": {\"tag:Web\": [\"tag:\\u0064b\", \"boss\"], \"tag:db\": []},\n"
	"  \"hosts\": {\"NAS\": \"100.64.0.1\"},\n"
	"  \"acls\": [{\"action\": \"accept\", \"src\": [\"tag:WEB\", \"boss\"],\n"
	"             \"dst\": [\"nas:22\", \"*:*\"]}],\n"
	"  \"tag:stray\": [],\n"
	"}\n";

Test(references, definitions_and_uses_have_names_and_places)
{
	hj_source *source;
	hj_document *document = parse(text, &source);
	hj_policy policy;
	hj_references references;
	cr_assert_eq(hj_policy_bind(document, NULL, &policy), HJ_OK);
	cr_assert_eq(hj_references_gather(&policy, NULL, &references), HJ_OK);
	static const char *const defined[] = {"tag:stray", "tag:web", "tag:db", "NAS"};
	static const struct {
		const char *name, *bytes;
	} used[] = {{"tag:db", "\"tag:\\u0064b\""}, {"tag:web", "tag:WEB"}, {"boss", "boss"},
		{"nas", "nas"}};
	cr_assert_eq(references.definitions.count, 4);
	for (size_t i = 0; i < 4; i++)
		cr_expect(hj_slice_equal(
				  references.definitions.items[i].name, hj_slice_str(defined[i])),
			"%s", defined[i]);
	size_t count = 0;
	for (size_t i = 0; i < policy.use_count; i++) {
		hj_mention use = hj_references_mention(&references, &policy.uses[i]);
		cr_expect_eq(!hj_references_named(&references, &policy.uses[i]), !use.kind);
		if (!use.kind)
			continue;
		cr_assert_lt(count, 4);
		cr_expect(hj_slice_equal(use.name, hj_slice_str(used[count].name)), "%s",
			used[count].name);
		cr_expect(hj_slice_equal(hj_source_slice(source, use.span),
				  hj_slice_str(used[count].bytes)),
			"%s", used[count].bytes);
		count++;
	}
	cr_expect_eq(count, 4);
	cr_expect(hj_map_get(&references.people, HJ_SLICE("boss")));
	cr_expect(references.has_rules);
	cr_expect(hj_references_find(&references, HJ_TAG, HJ_SLICE("tag:web")));
	cr_expect_not(hj_references_find(&references, HJ_HOST, HJ_SLICE("nas")));
	const hj_mention *found;
	cr_expect_eq(
		hj_references_find_folded(&references, HJ_HOST, HJ_SLICE("naS"), &found), HJ_OK);
	cr_expect(found);
	cr_expect_eq(hj_references_find_folded(&references, HJ_HOST, HJ_SLICE("x"), &found), HJ_OK);
	cr_expect_not(found);
	hj_references_free(&references);
	hj_policy_free(&policy);
	hj_document_free(document);
	hj_source_free(source);
}

Test(references, sections_are_sound_when_nothing_in_them_is_broken)
{
	static const struct {
		const char *document;
		bool present, sound;
	} cases[] = {
		{"{}", false, true},
		{"[]", false, true},
		{"{\"hosts\": {}}", true, true},
		{"{\"HOSTS\": {\"a\": \"b\"}}", true, true},
		{"{\"hosts\": null}", true, false},
		{"{\"hosts\": {\"a\" \"b\"}}", true, true},
		{"{\"hosts\": {\"a\": }}", true, false},
		{"{\"hosts\": {\"a\": \"b\"", true, false},
		{"{\"hosts\": {}, \"Hosts\": 1}", true, false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_source *source;
		hj_document *document = parse(cases[i].document, &source);
		hj_policy policy;
		hj_references references;
		cr_assert_eq(hj_policy_bind(document, NULL, &policy), HJ_OK);
		cr_assert_eq(hj_references_gather(&policy, NULL, &references), HJ_OK);
		const hj_section *section = &references.section[HJ_HOST];
		cr_expect_eq(section->name != 0, cases[i].present, "%s", cases[i].document);
		cr_expect_eq(section->sound, cases[i].sound, "%s", cases[i].document);
		hj_references_free(&references);
		hj_policy_free(&policy);
		hj_document_free(document);
		hj_source_free(source);
	}
}

Test(references, out_of_memory_leaves_nothing_behind)
{
	hj_source *source;
	hj_document *document = parse(text, &source);
	hj_policy policy;
	cr_assert_eq(hj_policy_bind(document, NULL, &policy), HJ_OK);
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_references references;
		hj_status status = hj_references_gather(&policy, &allocator, &references);
		const hj_mention *found;
		if (!status) {
			hj_status late = hj_references_find_folded(
				&references, HJ_HOST, HJ_SLICE("Nas"), &found);
			cr_expect_eq(late, state.failed ? HJ_NO_MEMORY : HJ_OK);
			hj_references_free(&references);
		}
		cr_assert_eq(state.blocks, 0, "allocation %zu", n);
		if (!state.failed)
			break;
	}
	hj_policy_free(&policy);
	hj_document_free(document);
	hj_source_free(source);
}
