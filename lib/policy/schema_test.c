#include "policy/schema.h"

#include <criterion/criterion.h>

#include <ctype.h>
#include <stdio.h>

/* How deep the table goes below a type, at most. */
static unsigned depth_of(const hj_type *type, unsigned above)
{
	cr_assert_lt(above, 64, "the table has a circle");
	unsigned deepest = 0;
	if (type->item)
		deepest = depth_of(type->item, above + 1) + 1;
	for (size_t i = 0; i < type->field_count; i++) {
		unsigned depth = depth_of(type->fields[i].type, above + 1) + 1;
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest;
}

static void check_type(const hj_type *type)
{
	bool holds = type->kind == HJ_LIST || type->kind == HJ_DICTIONARY;
	cr_expect_eq(holds || (type->open && type->item), type->item != NULL);
	cr_expect_eq(type->kind == HJ_RECORD, type->field_count > 0);
	if (type->position)
		cr_expect(type->kind == HJ_TEXT && type->position->path && type->position->names);
	if (type->defines)
		cr_expect_eq(type->kind, HJ_DICTIONARY);
	if (type->item)
		check_type(type->item);
	for (size_t i = 0; i < type->field_count; i++) {
		const hj_field *field = &type->fields[i];
		cr_expect(islower(field->name[0]), "%s", field->name);
		cr_expect(!field->alias || islower(field->alias[0]), "%s", field->name);
		check_type(field->type);
	}
}

Test(schema, the_table_is_well_formed)
{
	cr_expect_lt(depth_of(&hj_policy_type, 0), HJ_WALK_DEPTH);
	check_type(&hj_policy_type);
}

Test(schema, every_kind_of_name_has_its_section)
{
	for (hj_name_kind kind = HJ_TAG; kind < HJ_NAME_KINDS; kind++) {
		const hj_name_info *info = hj_name_info_of(kind);
		const hj_field *field = hj_field_find(&hj_policy_type, hj_slice_str(info->section));
		cr_assert(field, "%s", info->section);
		cr_expect_eq(field->type->defines, kind, "%s", info->section);
	}
}

Test(schema, fields_are_found_by_name_alias_and_any_case)
{
	const hj_type *acl = hj_policy_type.fields[0].type->item;
	static const struct {
		const char *name, *want;
	} cases[] = {{"src", "src"}, {"SRC", "src"}, {"users", "src"}, {"Ports", "dst"},
		{"srcposture", "srcPosture"}, {"sr", NULL}, {"", NULL}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const hj_field *field = hj_field_find(acl, hj_slice_str(cases[i].name));
		cr_expect_str_eq(field ? field->name : "", cases[i].want ? cases[i].want : "", "%s",
			cases[i].name);
	}
}

/* Walks a document and writes each stop as "name:kind ". */
static void trace(const char *text, hj_text *out)
{
	static const char *const kinds[] = {
		"any", "text", "switch", "number", "list", "names", "record"};
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	hj_arena arena;
	hj_arena_init(&arena, NULL);
	hj_walk walk;
	hj_walk_begin(&walk, document, &arena);
	const hj_node *nodes = hj_document_nodes(document);
	for (hj_stop stop; hj_walk_next(&walk, &stop);) {
		if (stop.name)
			hj_text_append(
				out, hj_source_slice(source, hj_node_span(&nodes[stop.name])));
		hj_text_printf(out, "%s ", kinds[stop.type->kind]);
	}
	cr_expect(walk.ok);
	hj_arena_free(&arena);
	hj_document_free(document);
	hj_source_free(source);
}

Test(schema, a_walk_stops_at_known_places_in_order)
{
	static const struct {
		const char *document, *want;
	} cases[] = {
		{"[]", ""},
		{"{}", "record "},
		{"{'x': [1], 'acls': [{'src': ['a'], 'what': {}, 'proto': 'tcp'}, 1]}",
			"record 'acls'list record 'src'list text 'proto'text "},
		{"{'Hosts': {'a': '1.2.3.4', 'b': 5}, 'disableIPv4': true}",
			"record 'Hosts'names 'a'text 'disableIPv4'switch "},
		{"{'ssh': [{'src': 'one', 'dst': {}}]}", "record 'ssh'list record 'src'text "},
		{"{'\\u0061cls': [{}]}", "record '\\u0061cls'list record "},
		{"{'nodeAttrs': [{'app': {'tailscale.com/app-connectors': [{'connectors': ['*']}],"
		 "'other': [{'connectors': []}]}}]}",
			"record 'nodeAttrs'list record 'app'record "
			"'tailscale.com/app-connectors'list "
			"record 'connectors'list text "},
		/* Broken documents have nodes too. */
		{"{'acls' [{'src': ['a' 'b'", "record 'acls'list record 'src'list text text "},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[512], want[512];
		snprintf(text, sizeof text, "%s", cases[i].document);
		snprintf(want, sizeof want, "%s", cases[i].want);
		for (char *at = text; (at = strchr(at, '\''));)
			*at = '"';
		for (char *at = want; (at = strchr(at, '\''));)
			*at = '"';
		hj_text out;
		hj_text_init(&out, NULL);
		trace(text, &out);
		cr_expect_str_eq(hj_text_string(&out), want, "%s", text);
		hj_text_free(&out);
	}
}

Test(schema, a_walk_says_whether_all_is_regular)
{
	static const struct {
		const char *document;
		bool want;
	} cases[] = {
		{"{}", true},
		{"{'groups': {'group:a': ['x']}, 'hosts': {}, 'derpMap': {'what': 1}}", true},
		{"{'acls': [{'src': [], 'action': 'a', 'dst': ['b', 'c']}]}", true},
		{"{'acls': [{'action': 'a', 'users': [], 'ports': []}]}", true},
		{"{'tests': [{'user': 'a', 'allow': []}, {'src': 'b', 'accept': []}]}", true},
		/* Unknown, of the wrong type, spelt otherwise, twice, missing. */
		{"{'acl': []}", false},
		{"{'acls': [{'action': 'a', 'src': [], 'dst': [], 'x': 1}]}", false},
		{"{'acls': {}}", false},
		{"{'acls': [1]}", false},
		{"{'acls': [{'action': 'a', 'src': [], 'dst': [[]]}]}", false},
		{"{'acls': [{'action': 'a', 'src': 'b', 'dst': []}]}", false},
		{"{'derpMap': {'regions': 1}}", false},
		{"{'ACLs': []}", false},
		{"{'acls': [{'action': 'a', 'Users': [], 'ports': []}]}", false},
		{"{'hosts': {}, 'hosts': {}}", false},
		{"{'acls': [{'action': 'a', 'src': [], 'users': [], 'dst': []}]}", false},
		{"{'acls': [{'action': 'a', 'src': []}]}", false},
		{"{'hosts': {}, : 1}", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[256];
		snprintf(text, sizeof text, "%s", cases[i].document);
		for (char *at = text; (at = strchr(at, '\''));)
			*at = '"';
		hj_source *source;
		hj_document *document;
		cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(text), &source), HJ_OK);
		cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
		hj_arena arena;
		hj_arena_init(&arena, NULL);
		hj_walk walk;
		hj_walk_begin(&walk, document, &arena);
		for (hj_stop stop; hj_walk_next(&walk, &stop);)
			;
		cr_expect_eq(walk.regular, cases[i].want, "%s", text);
		hj_arena_free(&arena);
		hj_document_free(document);
		hj_source_free(source);
	}
}
