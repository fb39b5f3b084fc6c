using Granary.Engine.Catalogues;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Allows some instruments to some strategies only.</summary>
[PortfolioRule("reserved", "Allows some symbols to some strategies only.", Order = 70, Refusal = "reserved", RefusalSentence = Sentence)]
internal sealed class SymbolReservations : IPortfolioRule
{
    internal const string Sentence = "The symbol was another strategy's: limits.exclusiveSymbols or limits.reserved.";

    // By instrument, the strategies that may trade it; null where all may.
    private bool[]?[] _allowed = [];

    /// <summary>By symbol: ids of strategies, or beginnings of ids with a '*'.</summary>
    [Key("in a symbol that is reserved for others, strategy ids or their beginnings with `*`: `{ \"BTCUSDT\": [\"SmaCross*\"] }`")]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Reserved { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    public IEnumerable<string> NamedSymbols => Reserved.Keys;

    public IEnumerable<string> NamedStrategies => Reserved.Values.SelectMany(patterns => patterns);

    public IReadOnlyList<IPortfolioRule> Begin(RuleContext context)
    {
        _allowed =
        [
            .. context.Symbols.Select(s => Reserved.TryGetValue(s, out var patterns)
                ? context.Strategies.Select(id => patterns.Any(p => Matches(p, id))).ToArray() : null),
        ];
        return [this];
    }

    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) =>
        _allowed[entry.Market] is not { } allowed || entry.Member >= 0 && allowed[entry.Member];

    /// <summary>Whether a strategy's id is a text, or begins with it where the text ends with a '*'.</summary>
    public static bool Matches(string pattern, string id) =>
        pattern.EndsWith('*') ? id.StartsWith(pattern[..^1], StringComparison.Ordinal) : id == pattern;
}
