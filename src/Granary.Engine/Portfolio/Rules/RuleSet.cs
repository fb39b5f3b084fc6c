using Granary.Engine.Trading;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>The rules of a portfolio, asked in their order.</summary>
public sealed class RuleSet(IReadOnlyList<IPortfolioRule> rules, IPortfolioView portfolio)
{
    private IPortfolioRule[] _rules = [.. rules];

    /// <summary>Adds a rule that is checked after the others.</summary>
    internal void Add(IPortfolioRule rule) => _rules = [.. _rules, rule];

    /// <summary>Whether the rules admit an entry of any size.</summary>
    /// <returns><see cref="Decision.Accepted"/>, or the refusal of the first rule that does not.</returns>
    public Decision Admit(in EntryRequest entry)
    {
        foreach (var rule in _rules)
            if (!rule.Admits(entry, portfolio))
                return rule.Refusal;
        return Decision.Accepted;
    }

    /// <summary>Whether all bounds hold with a position that is larger by a value.</summary>
    public Decision Admit(in PositionScope scope, double value)
    {
        foreach (var rule in _rules)
            if (!rule.BoundOf(scope, portfolio).Admits(value))
                return rule.Refusal;
        return Decision.Accepted;
    }

    /// <summary>The value that all bounds leave for a position; infinite without a bound.</summary>
    public double RoomFor(in PositionScope scope)
    {
        var room = double.PositiveInfinity;
        foreach (var rule in _rules) room = Math.Min(room, rule.BoundOf(scope, portfolio).Room);
        return room;
    }

    /// <summary>The part of a position that must be closed so that all bounds hold, 0 to 1.</summary>
    public double ShareToClose(in PositionScope scope)
    {
        var share = 0.0;
        foreach (var rule in _rules) share = Math.Max(share, rule.BoundOf(scope, portfolio).ShareToClose());
        return share;
    }

    /// <summary>The portfolio was valued.</summary>
    public void OnRevalued(long day)
    {
        foreach (var rule in _rules) rule.OnRevalued(day, portfolio);
    }

    /// <summary>A new UTC day has begun.</summary>
    public void OnNewDay(long day)
    {
        foreach (var rule in _rules) rule.OnNewDay(day, portfolio);
    }
}
