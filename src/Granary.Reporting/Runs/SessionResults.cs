using System.Text.Json;

namespace Granary.Reporting.Runs;

/// <summary>Result of a live session's account, and the backtest of the same bars.</summary>
internal sealed record SessionResults() : ResultSection(Key)
{
    /// <summary>The key of the section.</summary>
    public const string Key = "session";

    private protected override JsonSerializerOptions Format => Escaped;

    /// <summary>Account equity with the venue's fills, at the last closes.</summary>
    public double Account { get; init; } = double.NaN;

    /// <summary>Equity of the session's own portfolio with simulated fills.</summary>
    public double Model { get; init; } = double.NaN;

    public double Cash { get; init; } = double.NaN;

    public double Fees { get; init; } = double.NaN;

    public int Orders { get; init; }

    public int Fills { get; init; }

    public int Rejected { get; init; }

    /// <summary>The number of orders without a response from the venue.</summary>
    public int Unknown { get; init; }

    public int OpenTrades { get; init; }

    /// <summary>Equity of a backtest of the same bars; null without one, like all following properties.</summary>
    public double? Backtest { get; init; }

    /// <summary>Whether the session's portfolio made the same decisions as the backtest.</summary>
    public bool? SameDecisions { get; init; }

    public string? Sentence { get; init; }

    public IReadOnlyList<DivergenceCause>? Causes { get; init; }

    /// <summary>The trades with the largest differences.</summary>
    public IReadOnlyList<DivergentTrade>? Trades { get; init; }
}

/// <param name="Amount">Account minus backtest, account currency.</param>
internal sealed record DivergenceCause(string Cause, double Amount);

/// <summary>A trade of the account that differs from the backtest's.</summary>
/// <param name="Entry">Time as the run's files spell it.</param>
/// <param name="Amount">Account less backtest, account currency.</param>
/// <param name="Cause">The largest.</param>
/// <param name="Why">Known reason in words; empty if unknown.</param>
internal sealed record DivergentTrade(string Strategy, string Symbol, string Entry, double Amount, string Cause, string Why);
