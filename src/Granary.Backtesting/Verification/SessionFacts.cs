using Granary.Simulation.Json;

namespace Granary.Backtesting.Verification;

/// <summary>
/// The facts of an account by which its session's portfolio differs from a backtest of the same bars: what the operator has set, and other
/// versions of models and policies.
/// </summary>
internal sealed class SessionFacts
{
    private sealed record Fact(DateTime At, string Strategy, string Symbol, string Why);

    private static readonly string[] OperatorWords = ["weights", "enabled", "disabled", "switched", "pause", "flatten", "close",
        "reverse"],
        ModelWords = ["model", "policy"];

    private readonly List<Fact> _operator = [], _model = [];

    /// <summary>Reads the facts from account.json of a session's run.</summary>
    public static SessionFacts Read(string folder)
    {
        var facts = new SessionFacts();
        var path = Path.Combine(folder, "account.json");
        if (!File.Exists(path)) return facts;
        foreach (var fact in JsonPart.Parse(path, File.ReadAllBytes(path)).Need("facts").List()) facts.Add(fact);
        return facts;
    }

    /// <summary>Adds the next fact of an account.</summary>
    /// <param name="fact">As in account.json.</param>
    public void Add(JsonPart fact)
    {
        var what = fact.Need("what").String();
        var list = OperatorWords.Contains(what) ? _operator : ModelWords.Contains(what) ? _model : null;
        string Text(string key) => fact.Find(key) is { Kind: System.Text.Json.JsonValueKind.String } value ? value.Text : "";
        var why = fact.Find("version") is { } version
            ? $"version {version.Text} of the {what} decided after the bar of {Text("at")}" : "";
        // A fact from before the first bar has no time.
        var at = fact.Find("at") is { Kind: System.Text.Json.JsonValueKind.String } time
            ? new DateTime(time.Time(), DateTimeKind.Utc) : default;
        list?.Add(new Fact(at, Text("strategy"), Text("symbol"), why));
    }

    /// <summary>
    /// Returns the cause of a difference between portfolio and backtest that a trade shows, and for a model a reason. Only a fact from
    /// before its exit can have it. If a model was replaced too, a command about other strategies is not the cause.
    /// </summary>
    /// <param name="exit">The exit of the trade, UTC.</param>
    public (string Cause, string Why) CauseOf(string strategy, string symbol, DateTime exit)
    {
        var (operated, modelled) = (Before(_operator, exit), Before(_model, exit));
        if (operated.Count == 0 && modelled.Count == 0) return (DivergenceCauses.Unexplained, "");
        var isOperated = modelled.Count == 0 || operated.Exists(f => f.Strategy.Length == 0 && f.Symbol.Length == 0
            || f.Strategy == strategy || f.Symbol == symbol);
        return isOperated ? (DivergenceCauses.Operator, "") : (DivergenceCauses.Model, modelled[^1].Why);
    }

    private static List<Fact> Before(List<Fact> facts, DateTime exit) => facts.FindAll(f => f.At <= exit);
}
