using System.Collections.Frozen;
namespace Granary.Recompute.Tests.Pages;

/// <summary>Decisions and ends of signals, as the files write them and as the pages say them.</summary>
internal static class DecisionWords
{
    private static readonly FrozenDictionary<string, string> Decisions = new Dictionary<string, string>
    {
        ["max-positions"] = "too many positions",
        ["max-gross"] = "gross limit",
        ["max-net"] = "net limit",
        ["max-symbol"] = "symbol limit",
        ["max-strategy"] = "strategy limit",
        ["no-cash"] = "no cash",
        ["no-quantity"] = "quantity rounds to nothing",
        ["weight-zero"] = "weight is zero",
        ["strategy-refused"] = "the strategy itself could not",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Ends = new Dictionary<string, string>
    {
        ["expired"] = "expired unfilled",
        ["no-cash"] = "no cash",
        ["no-quantity"] = "quantity rounds to nothing",
        ["no-stop"] = "no stop to size on",
        ["unfilled"] = "bars ended first",
    }.ToFrozenDictionary();

    public static string Of(string decision) => Decisions.GetValueOrDefault(decision, decision.Replace('-', ' '));

    public static string End(string end) => Ends.GetValueOrDefault(end, end.Replace('-', ' '));

    /// <summary>The file's word for a page's, which begins with a capital.</summary>
    public static string Key(string shown)
    {
        var words = char.ToLowerInvariant(shown[0]) + shown[1..];
        return Decisions.FirstOrDefault(d => d.Value == words).Key ?? words.Replace(' ', '-');
    }
}
