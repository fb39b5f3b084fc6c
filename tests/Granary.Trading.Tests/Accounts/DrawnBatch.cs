using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Engine.Market;

namespace Granary.Trading.Tests.Accounts;

/// <summary>A batch of strategies that act by a script, with its bars. Its text can be read, changed and run again.</summary>
/// <param name="Seed">From which it was drawn.</param>
/// <param name="Timeframe">Of the bars.</param>
/// <param name="Acts">Of each strategy.</param>
/// <param name="Bars">By symbol; a chain's contracts are symbols.</param>
internal sealed record DrawnBatch(int Seed, string Timeframe, IReadOnlyList<Capability> Capabilities,
    IReadOnlyList<IReadOnlyList<string>> Acts, IReadOnlyDictionary<string, IReadOnlyList<Bar>> Bars)
{
    /// <summary>The name of the capability that adds strategies, whose accounts then differ from the portfolio's.</summary>
    public const string MoreStrategies = "more strategies";

    /// <summary>The name of the capability that reverses the order of strategies and symbols in the file.</summary>
    public const string Reversed = "reversed";

    /// <summary>The amounts of the account in these keys follow its size.</summary>
    private static readonly string[] s_amounts = ["lot", "minQuantity", "minNotional", "commissionPerOrder", "commissionMinimum", "from",
        "units", "cash"];

    private static readonly string[] s_columns = ["available", "from", "amount"];

    public bool Has(string capability) => Capabilities.Any(c => c.Name == capability);

    public DrawnBatch Without(Capability capability) => this with { Capabilities = [.. Capabilities.Where(c => c != capability)] };

    /// <summary>Returns the batch file.</summary>
    public string ToBatch()
    {
        var symbols = Has("two symbols") ? "\"A\", \"B\"" : "\"A\"";
        var root = JsonNode.Parse($$"""
            { "name": "drawn", "data": { "source": "csv:drawn", "symbols": [{{symbols}}], "timeframe": "{{Timeframe}}", "warmUp": false },
              "account": { "cash": 1000000 }, "execution": {},
              "portfolio": { "weights": "equal", "onInsufficientCash": "reject" } }
            """)!.AsObject();
        var common = new JsonObject
        {
            ["class"] = Has("two symbols") || Has("joined") ? nameof(ScriptedActsOfSeveral) : nameof(ScriptedActs),
            ["symbols"] = JsonNode.Parse($"[{symbols}]"),
            ["size"] = new JsonObject { ["units"] = 8 },
        };
        List<JsonObject> more = [];
        foreach (var (path, json) in Capabilities.SelectMany(c => c.Keys))
        {
            if (path.StartsWith("data.instruments.B.", StringComparison.Ordinal) && !Has("two symbols")) continue;
            var keys = path.Split('.');
            if (keys[0] == "strategies") more.Add(JsonNode.Parse(json)!.AsObject());
            else Put(keys[0] == "strategy" ? common : root, keys[0] == "strategy" ? keys[1..] : keys, json);
        }
        var strategies = new JsonArray();
        foreach (var (i, own) in (more is [] ? [[]] : more.Prepend([])).Index())
        {
            var strategy = common.DeepClone().AsObject();
            foreach (var (key, value) in own) strategy[key] = value?.DeepClone();
            strategy["tag"] = $"s{i}";
            strategy["params"] = new JsonObject { ["acts"] = string.Join("; ", Acts[Math.Min(i, Acts.Count - 1)].Where(IsOfSymbols)) };
            strategies.Add(strategy);
        }
        root["strategies"] = strategies;
        if (Has(Reversed)) Reverse(root);
        return root.ToJsonString();
    }

    private static void Reverse(JsonObject root)
    {
        root["data"]!["symbols"] = new JsonArray([.. root["data"]!["symbols"]!.AsArray().Reverse().Select(s => s!.DeepClone())]);
        root["strategies"] = new JsonArray([.. root["strategies"]!.AsArray().Reverse().Select(s => s!.DeepClone())]);
    }

    private bool IsOfSymbols(string act) => Has("two symbols") || !act.Contains(" B ", StringComparison.Ordinal);

    private static void Put(JsonObject at, string[] path, string json)
    {
        foreach (var key in path[..^1])
        {
            if (at[key] is not JsonObject inner) at[key] = inner = [];
            at = inner;
        }
        at[path[^1]] = JsonNode.Parse(json);
    }

    /// <summary>Returns a batch with this many times the money, lots and volume: the same acts, at the same prices.</summary>
    public DrawnBatch Scaled(double by) => this with
    {
        Capabilities = [.. Capabilities.Append(new Capability("scaled") { Keys = Has("little cash") ? [] : [("account.cash", "1000000")] })
            .Select(c => c with
            {
                Keys = [.. c.Keys.Select(k => (k.Path, ScaledKey(k.Path, k.Json, by)))],
                Tables = [.. c.Tables.Select(t => (t.File, ScaledTable(t.Text, by)))],
            })
            .Prepend(new Capability("scaled size") { Keys = [("strategy.size", Invariant($"{{ \"units\": {8 * by} }}"))] })],
        Acts = [.. Acts.Select(acts => (IReadOnlyList<string>)[.. acts.Select(a => Act.Scaled(a, by))])],
        Bars = Bars.ToDictionary(b => b.Key, b => (IReadOnlyList<Bar>)[.. b.Value.Select(bar => bar with { Volume = bar.Volume * by })]),
    };

    private static string ScaledKey(string path, string json, double by)
    {
        var holder = new JsonObject { [path.Split('.')[^1]] = JsonNode.Parse(json) };
        Scale(holder, by);
        return holder[path.Split('.')[^1]]!.ToJsonString();
    }

    private static void Scale(JsonNode? node, double by)
    {
        if (node is JsonArray array) foreach (var item in array) Scale(item, by);
        if (node is not JsonObject values) return;
        foreach (var (key, value) in values.ToList())
            if (s_amounts.Contains(key) && value!.GetValueKind() == JsonValueKind.Number) values[key] = value.GetValue<double>() * by;
            else Scale(value, by);
    }

    private static string ScaledTable(string text, double by)
    {
        var lines = text.Split('\n');
        var header = lines[0].Split(',');
        return string.Join('\n', lines.Select((line, i) => i == 0 ? line : string.Join(',', line.Split(',').Select((cell, c) =>
            s_columns.Contains(header[c]) && double.TryParse(cell, CultureInfo.InvariantCulture, out var value)
                ? Invariant($"{value * by:R}") : cell))));
    }

    // ---- text ----

    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{{ \"seed\": {Seed}, \"timeframe\": \"{Timeframe}\", \"capabilities\": [");
        text.AppendJoin(",\n", Capabilities.Select(c => "  " + new JsonObject
        {
            ["name"] = c.Name,
            ["keys"] = new JsonArray([.. c.Keys.Select(k => new JsonArray(k.Path, JsonNode.Parse(k.Json)))]),
            ["tables"] = new JsonArray([.. c.Tables.Select(t => new JsonArray(t.File, t.Text))]),
            ["actions"] = new JsonArray([.. c.Actions.Select(a => new JsonArray(a.Symbol, a.Date, a.Ratio, a.Dividend))]),
            ["missing"] = new JsonArray([.. c.Missing.Select(m => new JsonArray(m.Symbol, m.Index))]),
        }.ToJsonString()));
        text.Append("\n], \"acts\": [\n").AppendJoin(",\n", Acts.Select(acts =>
            "  " + new JsonArray([.. acts.Select(a => JsonValue.Create(a))]).ToJsonString()));
        text.Append("\n], \"bars\": {\n").AppendJoin(",\n", Bars.Select(b => $"  \"{b.Key}\": [\n"
            + string.Join(",\n", b.Value.Select(bar => $"    \"{TextOf(bar)}\"")) + "\n  ]"));
        return text.Append("\n} }\n").ToString();
    }

    /// <summary>Reads the text of a batch.</summary>
    public static DrawnBatch Parse(string text)
    {
        var root = JsonNode.Parse(text)!;
        return new DrawnBatch((int)root["seed"]!, (string)root["timeframe"]!,
            [.. root["capabilities"]!.AsArray().Select(c => new Capability((string)c!["name"]!)
            {
                Keys = [.. c["keys"]!.AsArray().Select(k => ((string)k![0]!, k[1]!.ToJsonString()))],
                Tables = [.. c["tables"]!.AsArray().Select(t => ((string)t![0]!, (string)t[1]!))],
                Actions = [.. c["actions"]!.AsArray().Select(a => ((string)a![0]!, (DateTime)a[1]!, (double)a[2]!, (double)a[3]!))],
                Missing = [.. c["missing"]!.AsArray().Select(m => ((string)m![0]!, (int)m[1]!))],
            })],
            [.. root["acts"]!.AsArray().Select(acts => (IReadOnlyList<string>)[.. acts!.AsArray().Select(a => (string)a!)])],
            root["bars"]!.AsObject().ToDictionary(b => b.Key, b => (IReadOnlyList<Bar>)[.. b.Value!.AsArray().Select(ToBar)]));
    }

    private static string TextOf(in Bar bar) => Invariant($"{new DateTime(bar.Time):yyyy-MM-ddTHH:mm},{bar.Open:R},")
        + Invariant($"{bar.High:R},{bar.Low:R},{bar.Close:R},{bar.Volume:R}");

    private static Bar ToBar(JsonNode? line)
    {
        var cells = ((string)line!).Split(',');
        var numbers = cells.Skip(1).Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray();
        var time = DateTime.ParseExact(cells[0], "yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);
        return new Bar(time.Ticks, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
