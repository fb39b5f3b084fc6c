using System.Collections.Frozen;
using System.Text.Json.Serialization;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>
/// Decision of the portfolio on a signal: accepted, or the reason of a refusal. The portfolio's own reasons are here; a rule of the limits
/// declares its reason with <see cref="PortfolioRuleAttribute"/>. Decisions with the same word are equal.
/// </summary>
[JsonConverter(typeof(DecisionJson))]
public sealed class Decision : IEquatable<Decision>
{
    // The place of a word is its number in digests, so a word never moves. Words of other rules are not here.
    private static readonly FrozenDictionary<string, int> Places = new[]
    {
        "accepted", "weight-zero", "restricted-symbol", "max-positions", "max-gross", "max-net", "max-symbol", "max-strategy",
        "max-drawdown", "daily-loss", "no-cash", "no-quantity", "strategy-refused", "model-refused", "disabled", "max-leverage",
        "max-turnover", "max-correlated", "max-group", "reserved", "same-period", "not-enough-history", "no-stop", "volume-taken",
        "expired", "ruined", "rule", "predicted-risk", "below-minimum", "paused", "max-currency", "not-shortable",
    }.Index().ToFrozenDictionary(word => word.Item, word => word.Index, StringComparer.Ordinal);

    private readonly int _place, _hash;

    /// <param name="word">Its spelling in files: "no-cash".</param>
    /// <param name="title">Its name in tables: "no cash".</param>
    /// <param name="sentence">Its explanation, one sentence.</param>
    public Decision(string word, string title, string sentence)
    {
        (Word, Title, Sentence) = (word, title, sentence);
        _place = Places.GetValueOrDefault(word, int.MaxValue);
        _hash = StringComparer.Ordinal.GetHashCode(word);
        Number = _place < int.MaxValue ? (ulong)_place : NumberOf(word);
    }

    /// <summary>Became an order of the portfolio.</summary>
    public static Decision Accepted { get; } = new("accepted", "accepted", "Became an order of the portfolio.");

    public static Decision WeightZero { get; } =
        new("weight-zero", "weight is zero", "The strategy carries no weight; it is simulated only.");

    public static Decision NoCash { get; } = new("no-cash", "no cash", "Free cash did not cover it; cash is never spent twice.");

    public static Decision NoQuantity { get; } =
        new("no-quantity", "quantity rounds to nothing", "After weight, risk limit and lot nothing was left to buy.");

    /// <summary>The strategy's own account refused it.</summary>
    public static Decision StrategyRefused { get; } =
        new("strategy-refused", "the strategy itself could not", "Its own account could not have taken it.");

    /// <summary>The strategy's model refused it.</summary>
    public static Decision ModelRefused { get; } = new("model-refused", "model refused", "The strategy's model was against it.");

    /// <summary>Its strategy or symbol is disabled.</summary>
    public static Decision Disabled { get; } =
        new("disabled", "disabled", "The strategy or the symbol was switched off: by portfolio.enable, or by the operator.");

    /// <summary>An operator had paused entries, or cancelled this one while it waited.</summary>
    public static Decision Paused { get; } =
        new("paused", "paused", "The operator had paused entries, or cancelled this one while it waited.");

    /// <summary>The strategy already has an active signal of this period, symbol and side.</summary>
    public static Decision SamePeriod { get; } =
        new("same-period", "same period", "The strategy had a live signal of the same period, symbol and side already.");

    /// <summary>The sizing rule has too few trades or days to size it.</summary>
    public static Decision NotEnoughHistory { get; } =
        new("not-enough-history", "not enough history", "portfolio.size needs more closed trades, or days, than there were.");

    /// <summary>The sizing rule needs a stop, and the signal has none.</summary>
    public static Decision NoStop { get; } =
        new("no-stop", "no stop", "The size goes by the stop distance, and the signal had no stop.");

    /// <summary>Accepted, but at its fill other strategies had reached the volume cap of the bar.</summary>
    public static Decision VolumeTaken { get; } = new("volume-taken", "volume taken",
        "When it filled, other strategies had taken execution.volumePercent of the bar's volume.");

    /// <summary>Accepted, but withdrawn because its symbol stopped trading before the entry filled.</summary>
    public static Decision Expired { get; } =
        new("expired", "expired", "Its symbol stopped trading before the entry could fill, and the entry was withdrawn.");

    /// <summary>The portfolio's account has lost everything.</summary>
    public static Decision Ruined { get; } = new("ruined", "ruined", "Nothing was left of the portfolio's account; it was closed.");

    /// <summary>A rule of the limits refused it that declares no reason of its own.</summary>
    public static Decision Rule { get; } = new("rule", "rule of the limits", "A rule that portfolio.limits names refused it.");

    /// <summary>The cap of a risk model left no room for it.</summary>
    public static Decision PredictedRisk { get; } =
        new("predicted-risk", "predicted risk", "The predicted drawdown left no room for more exposure.");

    /// <summary>The portfolio's order would have been smaller than the instrument permits.</summary>
    public static Decision BelowMinimum { get; } = new("below-minimum", "below the minimum",
        "Its order would have been smaller than minQuantity or minNotional of the instrument.");

    /// <summary>The portfolio could not borrow what the short position needs.</summary>
    public static Decision NotShortable { get; } = new("not-shortable", "not shortable",
        "With what the portfolio holds short and has reserved, data.borrow had no more of the symbol to borrow.");

    /// <summary>The decisions of the portfolio and of Granary's rules, in the order of tables.</summary>
    public static IReadOnlyList<Decision> All => Known.All;

    /// <summary>The order of tables: Granary's decisions, then plug-ins' decisions by word.</summary>
    public static IComparer<Decision> ByTable { get; } = Comparer<Decision>.Create((a, b) =>
        a._place != b._place ? a._place.CompareTo(b._place) : string.CompareOrdinal(a.Word, b.Word));

    /// <summary>Its spelling in files: "no-cash".</summary>
    public string Word { get; }

    /// <summary>Its name in tables: "no cash".</summary>
    public string Title { get; }

    /// <summary>Its explanation, one sentence.</summary>
    public string Sentence { get; }

    public bool IsAccepted => Equals(Accepted);

    /// <summary>Stands for the decision in digests.</summary>
    internal ulong Number { get; }

    /// <summary>The decision with a word that a file holds. Of a plug-in's word only the word is known.</summary>
    public static Decision Of(string word) =>
        Known.ByWord.GetValueOrDefault(word) ?? new Decision(word, word.Replace('-', ' '), Rule.Sentence);

    public bool Equals(Decision? other) =>
        ReferenceEquals(this, other) || other is not null && _hash == other._hash && Word == other.Word;

    public override bool Equals(object? obj) => Equals(obj as Decision);

    public override int GetHashCode() => _hash;

    public override string ToString() => Word;

    public static bool operator ==(Decision? left, Decision? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(Decision? left, Decision? right) => !(left == right);

    // FNV-1a.
    private static ulong NumberOf(string word)
    {
        var hash = 14695981039346656037;
        foreach (var letter in word) hash = unchecked((hash ^ letter) * 1099511628211);
        return hash;
    }

    // Made when it is first needed: the definitions of rules make decisions themselves.
    private static class Known
    {
        public static IReadOnlyList<Decision> All { get; } =
        [
            .. new[]
            {
                Accepted, WeightZero, NoCash, NoQuantity, StrategyRefused, ModelRefused, Disabled, SamePeriod, NotEnoughHistory, NoStop,
                VolumeTaken, Expired, Ruined, Rule, PredictedRisk, BelowMinimum, Paused, NotShortable,
            }.Concat(PortfolioRuleDefinition.BuiltIn.Select(rule => rule.Refusal)).Distinct().Order(ByTable),
        ];

        public static FrozenDictionary<string, Decision> ByWord { get; } = All.ToFrozenDictionary(d => d.Word, StringComparer.Ordinal);
    }
}
