using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Granary.Backtesting.Costs;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;
using Granary.Simulation.Costs;
using Granary.Testing;

namespace Granary.Backtesting.Tests.Costs;

/// <summary>The schema of costs.json, for programs that read it. <c>GRANARY_WRITE_DOCS=1</c> writes the file.</summary>
public sealed class CostSchemaTests
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerOptions.Default)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectNullableAnnotations = true,
        WriteIndented = true,
        NewLine = "\n",
    };

    private static string SchemaFile => Path.Combine(SharedData.RepositoryRoot, "docs", "costs.schema.json");

    private static JsonObject Generated()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "What fills cost, as granary costs fit writes it",
        };
        foreach (var (key, value) in s_json.GetJsonSchemaAsNode(typeof(CostStudyResults), new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (_, node) =>
            {
                if (node["properties"] is not null) node["additionalProperties"] = false;
                return node;
            },
        }).AsObject())
            schema[key] = value?.DeepClone();
        return schema;
    }

    [Fact]
    public void The_schema_is_that_of_the_results()
    {
        var text = Generated().ToJsonString(s_json) + "\n";
        if (Environment.GetEnvironmentVariable("GRANARY_WRITE_DOCS") == "1") File.WriteAllText(SchemaFile, text);
        else (File.ReadAllText(SchemaFile) == text).ShouldBeTrue($"{SchemaFile} is out of date: run this test with GRANARY_WRITE_DOCS=1");
    }

    [Fact]
    public void Costs_that_were_written_have_the_keys_and_types_of_the_schema()
    {
        var set = new FillSet();
        for (var i = 0; i < 60; i++)
            set.Fills.Add(new MeasuredFill(new DateTime(2025, 1, 6, 0, 0, 0, DateTimeKind.Utc).AddHours(i).Ticks, "A",
                i % 2 == 0 ? Side.Buy : Side.Sell, 1 + i, 100 + i % 5 * 0.02, i % 3 == 0 ? "x" : "")
            { Mid = 100, Volume = 500 + i, Range = 20 + i % 7, Fee = 0.1 });
        set.OutsideRange.Add(new FillOutsideRange("fills.csv, line 9", default, "A", 202, 99, 101));
        set.Leave("repeated");
        var schema = JsonNode.Parse(File.ReadAllText(SchemaFile))!;
        var checks = 0;
        Check(JsonNode.Parse(CostFile.Write(CostStudy.Of(set, ["fills.csv"]))), schema, "$");
        checks.ShouldBeGreaterThan(200);

        void Check(JsonNode? value, JsonNode rule, string place)
        {
            checks++;
            if (rule["$ref"] is { } reference)
                foreach (var (step, at) in reference.GetValue<string>().Split('/').Skip(1).Select((s, i) => (s, i)))
                    rule = at == 0 ? schema[step]! : rule is JsonArray list ? list[int.Parse(step)]! : rule[step]!;
            string[] types = rule["type"] is JsonArray several ? [.. several.Select(t => t!.GetValue<string>())]
                : rule["type"] is { } one ? [one.GetValue<string>()] : [];
            types.ShouldNotBeEmpty(place);
            types.ShouldContain(t => Fits(value, t), place);
            if (value is JsonArray items) foreach (var item in items) Check(item, rule["items"]!, place + "[]");
            if (value is not JsonObject members) return;
            foreach (var required in rule["required"]?.AsArray() ?? [])
                members.ContainsKey(required!.GetValue<string>()).ShouldBeTrue(place);
            foreach (var (key, member) in members)
                Check(member, (rule["properties"]?[key] ?? rule["additionalProperties"] as JsonObject).ShouldNotBeNull($"{place}.{key}"),
                    $"{place}.{key}");
        }
    }

    private static bool Fits(JsonNode? value, string type) => (value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        JsonValueKind.Null => type == "null",
        JsonValueKind.Number => type == "number" || type == "integer" && !value!.ToJsonString().Contains('.', StringComparison.Ordinal),
        JsonValueKind.String => type == "string",
        JsonValueKind.Array => type == "array",
        JsonValueKind.Object => type == "object",
        _ => type == "boolean",
    };
}
