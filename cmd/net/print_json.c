#include "api/json.h"
#include "cmd/net/verb.h"

/* The value in canonical layout: what is standard JSON stays so. */
static hj_status lay_out(hj_slice value, const hj_allocator *allocator, hj_text *out)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_status status = hj_source_copy(allocator, "answer", value, &source);
	if (!status)
		status = hj_parse(source, HJ_PARSE_FIRST_ERROR, &document);
	if (!status)
		status = hj_format(document,
			&(hj_format_options){
				.style = HJ_CANONICAL, .limit = UINT64_MAX, .allocator = allocator},
			out);
	hj_document_free(document);
	hj_source_free(source);
	return status;
}

static hj_status write_value(
	const struct arguments *arguments, hj_json *json, uint32_t node, hj_text *out)
{
	if (hj_json_kind(json, node) == HJ_STRING) {
		hj_text_append(out, hj_json_string(json, node));
	} else {
		hj_slice value = hj_source_slice(hj_document_source(json->document),
			hj_node_span(&hj_document_nodes(json->document)[node]));
		if (options_has(arguments, "compact"))
			hj_text_append(out, value);
		else if (lay_out(value, out->allocator, out))
			return HJ_NO_MEMORY;
	}
	if (out->size == 0 || out->data[out->size - 1] != '\n')
		hj_text_byte(out, '\n');
	return out->status;
}

int print_json(struct app *app, const struct arguments *arguments, hj_slice body)
{
	const char *pointer = options_value(arguments, "select");
	hj_json json;
	hj_status status = hj_json_read(&json, body, app->allocator);
	int result = EXIT_CLEAN;
	hj_text out;
	hj_text_init(&out, app->allocator);
	if (status == HJ_SYNTAX && body.size == 0) {
		/* Many changes are answered by nothing at all. */
	} else if (status == HJ_SYNTAX) {
		app_complain(app, NULL, "the answer is no JSON: %.*s",
			(int)(body.size < 300 ? body.size : 300), body.data);
		result = EXIT_NETWORK;
	} else if (!status) {
		uint32_t node = hj_json_find(&json, pointer ? pointer : "");
		if (node == HJ_JSON_NOTHING) {
			app_complain(app, NULL, "nothing at '%s' in the answer", pointer);
			result = EXIT_FOUND;
		} else {
			status = write_value(arguments, &json, node, &out);
			app_print(&app->out, hj_text_slice(&out));
		}
	}
	if (status == HJ_NO_MEMORY)
		result = app_out_of_memory(app, NULL);
	hj_text_free(&out);
	hj_json_free(&json);
	return result;
}
