using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Assistants.Answers;
using Granary.Contracts.Catalogues;
using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Server.Catalogues;
using Granary.Server.Explanations;
using Granary.Simulation.Catalogues;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace Granary.Assistants.Tools;

/// <summary>Tools that tell what a batch can name, and what the words of results mean.</summary>
internal sealed class CatalogueTools(GranaryCatalogues catalogues)
{
    private const int MostTerms = 8;

    [McpServerTool(Name = "list_catalogue", Title = "Catalogue", ReadOnly = true, OpenWorld = false)]
    [Description("Lists the strategy classes, factors, trainers, metrics or objectives that a batch can name. With 'name', all about one: "
        + "its parameters with type, default and range, or its formula.")]
    public CallToolResult List([Description("What to list."), AllowedValues("strategies", "factors", "trainers", "metrics", "objectives")]
        string kind, [Description("The exact name of one, such as SmaCross or sharpe.")] string? name = null,
        [Description("A part of the name or the summary.")] string? search = null,
        [Description("Maximum number of rows."), Range(1, Answer.MostRows)] int limit = Answer.UsualRows,
        [Description("The cursor of the page before.")] string? cursor = null)
    {
        var rows = RowsOf(kind);
        if (name is not null) return One(kind, name, rows);
        var found = rows.Where(r => search is null || Texts(r).Any(t => t.Contains(search, StringComparison.OrdinalIgnoreCase))).ToList();
        var (page, next) = Answer.PageOf(found, limit, cursor);
        return Answer.Of(string.Create(CultureInfo.InvariantCulture, $"{found.Count} {kind}{(search is null ? "" : $" with '{search}'")}."))
            .Table(kind, [AnswerColumn.Of("name"), AnswerColumn.Of("summary"), AnswerColumn.Of("parameters")], [.. page.Select(Short)])
            .Page(page.Count, found.Count, next).Done();
    }

    [McpServerTool(Name = "explain", Title = "Explain a term", ReadOnly = true, OpenWorld = false)]
    [Description("Explains a metric, validation check, decision on an entry, exit reason, note, strategy, factor or term of Granary: one "
        + "paragraph, its formula and its source.")]
    public CallToolResult Explain([Description("The term, such as deflatedSharpe, max-positions or drawdown.")] string term)
    {
        if (string.IsNullOrWhiteSpace(term)) throw new InputException("explain, term: it is empty; name a term, such as deflatedSharpe");
        var all = ExplanationCatalogue.Of(catalogues);
        var found = ExplanationCatalogue.Find(all, term);
        var answer = Answer.Of(found.Count == 1 ? $"{found[0].Term} is a {found[0].Kind}."
            : string.Create(CultureInfo.InvariantCulture, $"{found.Count} terms are called or contain '{term}'."));
        foreach (var e in found.Take(MostTerms))
            answer.Line($"{e.Term} ({e.Kind}): {e.Text}{(e.Formula.Length == 0 ? "" : $" Formula: {e.Formula}")}"
                + (e.Source.Length == 0 ? "" : $" Source: {e.Source}"));
        if (found.Count > MostTerms) answer.Line($"Others: {string.Join(", ", found.Skip(MostTerms).Take(30).Select(e => e.Term))}");
        return answer.With("terms", new JsonArray([.. found.Take(MostTerms)
            .Select(e => JsonSerializer.SerializeToNode(e, JobJson.Options))])).Done();
    }

    private List<JsonObject> RowsOf(string kind) => kind switch
    {
        "strategies" => Rows(CatalogueItems.Strategies(catalogues)),
        "factors" => Rows(CatalogueItems.Factors(catalogues)),
        "trainers" => Rows(CatalogueItems.Trainers(catalogues)),
        "objectives" => [.. CatalogueItems.Objectives(catalogues).Select(o => new JsonObject
        {
            ["name"] = o.Key,
            ["summary"] = $"{o.Name} ({o.Unit}); {o.Better} values are better.",
            ["formula"] = o.Formula,
        })],
        _ => [.. catalogues.Metrics.All.Select(m => new JsonObject
        {
            ["name"] = m.Key,
            ["summary"] = $"{m.Name} ({m.Unit.ToString().ToLowerInvariant()}).",
            ["formula"] = m.Formula,
            ["source"] = m.Source,
        })],
    };

    private static List<JsonObject> Rows(IEnumerable<CatalogueItem> items) =>
        [.. items.Select(i => JsonSerializer.SerializeToNode(i, JobJson.Options)!.AsObject())];

    private static CallToolResult One(string kind, string name, List<JsonObject> rows)
    {
        if (rows.Find(r => NameOf(r).Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } found)
            throw new InputException($"{kind} have no '{name}'; " + (Spelling.Nearest(name, rows.Select(NameOf)) is { } near
                ? $"did you mean '{near}'?" : "list_catalogue without 'name' lists them"));
        var answer = Answer.Of($"{NameOf(found)}: {found["summary"]}");
        foreach (var (key, value) in found)
            if (key is "formula" or "source" or "lines") answer.Line($"{key}: {AnswerColumn.Of(key).TextOf(value)}");
        foreach (var parameter in Parameters(found)) answer.Line($"parameter {parameter}");
        return answer.With("item", AnswerNumber.Of(found)).Done();
    }

    private static string NameOf(JsonObject row) => row["name"]!.GetValue<string>();

    private static IEnumerable<string> Texts(JsonObject row) => [NameOf(row), row["summary"]!.GetValue<string>()];

    private static JsonObject Short(JsonObject row) => new()
    {
        ["name"] = NameOf(row),
        ["summary"] = row["summary"]!.DeepClone(),
        ["parameters"] = string.Join("; ", Parameters(row)),
    };

    private static IEnumerable<string> Parameters(JsonObject row) => (row["parameters"] as JsonArray ?? []).Select(p =>
    {
        var range = p!["values"] is JsonArray values ? $" {string.Join("|", values)}"
            : p["minimum"] is null && p["maximum"] is null ? "" : $" [{p["minimum"]}…{p["maximum"]}]";
        return $"{p["name"]} {p["kind"]}{(p["default"] is { } value ? $" = {value}" : " (required)")}{range}";
    });
}
