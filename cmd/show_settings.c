/*
 * --show-config: what holds for a document, as a configuration that says the same, with a comment
 * at each setting that tells where it comes from.
 */
#include "cmd/settings.h"

#include <stdio.h>

static const char *const value_names[HJ_CONFIG_VALUES] = {
	[HJ_CONFIG_FAIL_LEVEL] = "fail-level",
	[HJ_CONFIG_TAILNET] = "tailnet",
	[HJ_CONFIG_DIALECT] = "dialect",
	[HJ_CONFIG_FRAGMENT] = "fragment",
};
static const char *const usual_values[HJ_CONFIG_VALUES] = {
	[HJ_CONFIG_FAIL_LEVEL] = "warning",
	[HJ_CONFIG_DIALECT] = "tailscale",
	[HJ_CONFIG_FRAGMENT] = "auto",
};
static const char *const pattern_names[HJ_CONFIG_PATTERNS] = {
	[HJ_CONFIG_TAG] = "tag",
	[HJ_CONFIG_GROUP] = "group",
	[HJ_CONFIG_HOST] = "host",
	[HJ_CONFIG_IPSET] = "ipset",
	[HJ_CONFIG_POSTURE] = "posture",
};

/* " // .hujsonrc:3" and a line feed. */
static void put_origin(
	hj_text *out, const struct settings *settings, uint32_t offset, const char *otherwise)
{
	hj_text_str(out, " // ");
	if (offset == HJ_NO_OFFSET)
		hj_text_str(out, otherwise);
	else
		hj_text_printf(out, "%s:%u", settings->current->path,
			hj_source_place(settings->current->source, offset, HJ_BYTES).line);
	hj_text_byte(out, '\n');
}

static void put_values(hj_text *out, const struct settings *settings)
{
	for (int i = 0; i < HJ_CONFIG_VALUES; i++) {
		const hj_config_value *value = &settings->values[i];
		hj_slice text = value->text.data ? value->text : hj_slice_str(usual_values[i]);
		if (!text.data)
			continue;
		hj_text_printf(out, "\t\"%s\": ", value_names[i]);
		if (hj_slice_equal(text, HJ_SLICE("true")) ||
			hj_slice_equal(text, HJ_SLICE("false")))
			hj_text_append(out, text);
		else
			hj_string_encode(text, out);
		hj_text_byte(out, ',');
		put_origin(out, settings, value->offset,
			value->text.data ? "the command line" : "unless configured");
	}
}

static void put_config(hj_text *out, const struct settings *settings)
{
	const hj_config *config = &settings->current->config;
	bool any = false;
	for (int i = 0; i < HJ_CONFIG_PATTERNS; i++)
		any = any || config->patterns[i].text.data;
	if (any)
		hj_text_str(out, "\t\"patterns\": {\n");
	for (int i = 0; i < HJ_CONFIG_PATTERNS; i++) {
		if (!config->patterns[i].text.data)
			continue;
		hj_text_printf(out, "\t\t\"%s\": ", pattern_names[i]);
		hj_string_encode(config->patterns[i].text, out);
		hj_text_byte(out, ',');
		put_origin(out, settings, config->patterns[i].offset, "");
	}
	if (any)
		hj_text_str(out, "\t},\n");
	if (config->extension_count)
		hj_text_str(out, "\t\"extensions\": [\n");
	for (size_t i = 0; i < config->extension_count; i++) {
		hj_text_str(out, "\t\t");
		hj_string_encode(config->extensions[i].text, out);
		hj_text_byte(out, ',');
		put_origin(out, settings, config->extensions[i].offset, "");
	}
	if (config->extension_count)
		hj_text_str(out, "\t],\n");
	if (config->known.count)
		hj_text_printf(out, "\t// \"external\" has %zu names\n", config->known.count);
}

static void put_rules(hj_text *out, const struct settings *settings)
{
	hj_text_str(out, "\t\"severity\": {\n");
	for (size_t i = 0, count = hj_rule_count(); i < count; i++) {
		const hj_rule *rule = hj_rule_at(i);
		const hj_rule_setting *setting = &settings->rules[i];
		bool own = setting->severity == HJ_OWN_SEVERITY;
		bool told = settings->selects || settings->ignored[i];
		hj_text_printf(out, "\t\t\"%s\": \"%s\",", rule->name,
			!setting->on ? "off"
				     : hj_severity_text(own ? rule->severity
							    : (hj_severity)setting->severity));
		put_origin(out, settings, setting->offset,
			told ? "the command line" : "unless configured");
	}
	hj_text_str(out, "\t},\n");
}

int settings_show(struct settings *settings, const char *path)
{
	struct app *app = settings->app;
	hj_text out;
	hj_text_init(&out, app->allocator);
	hj_text_str(&out, "// ");
	app_print(&app->out, hj_text_slice(&out));
	app_print_safe(&app->out, hj_slice_str(path));
	app_print(&app->out, HJ_SLICE("\n"));
	hj_text_clear(&out);
	hj_text_str(&out, "{\n");
	put_values(&out, settings);
	if (settings->current)
		put_config(&out, settings);
	put_rules(&out, settings);
	hj_text_str(&out, "}\n");
	int status = out.status ? app_out_of_memory(app, NULL) : EXIT_CLEAN;
	if (!status)
		app_print(&app->out, hj_text_slice(&out));
	hj_text_free(&out);
	return status;
}
