using System.Text.Json;

namespace Granary.Reporting.Runs;

/// <summary>What the account of a live session came to, and the backtest of the same bars beside it.</summary>
public sealed record SessionResults() : ResultSection(Key)
{
    /// <summary>The name of the section.</summary>
    public const string Key = "session";

    private protected override JsonSerializerOptions Format => Escaped;

    /// <summary>Equity with the venue's fills, at the last closes.</summary>
    public double Account { get; init; } = double.NaN;

    /// <summary>Equity of the session's own portfolio, with simulated fills.</summary>
    public double Model { get; init; } = double.NaN;

    public double Cash { get; init; } = double.NaN;

    public double Fees { get; init; } = double.NaN;

    public int Orders { get; init; }

    public int Fills { get; init; }

    public int Rejected { get; init; }

    /// <summary>Orders that the venue has not answered.</summary>
    public int Unknown { get; init; }

    public int OpenTrades { get; init; }

    /// <summary>Equity of a backtest of the same bars; null without one, as all that follows.</summary>
    public double? Backtest { get; init; }

    /// <summary>Whether the session's portfolio decided as the backtest did.</summary>
    public bool? SameDecisions { get; init; }

    public string? Sentence { get; init; }

    public IReadOnlyList<GapCause>? Causes { get; init; }

    /// <summary>Those that differ most.</summary>
    public IReadOnlyList<GapTrade>? Trades { get; init; }
}

/// <param name="Amount">Account less backtest, account currency.</param>
public sealed record GapCause(string Cause, double Amount);

/// <summary>A trade of the account that differs from the backtest's.</summary>
/// <param name="Entry">Time as the run's files spell it.</param>
/// <param name="Amount">Account less backtest, account currency.</param>
/// <param name="Cause">The largest.</param>
/// <param name="Why">What is known of it in words; empty for nothing.</param>
public sealed record GapTrade(string Strategy, string Symbol, string Entry, double Amount, string Cause, string Why);
