namespace Granary.Contracts.Deployments;

/// <summary>A request to hand an account over to a deployment.</summary>
/// <param name="Account">The account's name in the journal; null = the name of the configuration.</param>
/// <param name="Policy">keep, wind-down or close; null = keep.</param>
/// <param name="DryRun">Whether to show only how each open trade would be handled.</param>
/// <param name="Why">For journal and history.</param>
public sealed record SwitchRequest(string? Account, string? Policy, bool DryRun, string? Why);

/// <summary>An open trade or a pending entry, and how the switch handles it.</summary>
/// <param name="Side">long or short.</param>
/// <param name="Quantity">The open quantity, base units; for a pending entry the ordered quantity.</param>
/// <param name="EntryPrice">0 for a pending entry.</param>
/// <param name="Profit">
/// Unrealised profit at the last close and rate, before fees, account currency; null for a pending entry, and where it is not known.
/// </param>
/// <param name="Handling">kept, winds-down or closes.</param>
/// <param name="What">How the switch handles it, in words.</param>
public sealed record SwitchedTrade(string Strategy, string Symbol, string Side, double Quantity, double EntryPrice, double? Profit,
    string Handling, string What);

/// <summary>The effect of a switch of an account, done or planned.</summary>
/// <param name="From">The deployment that the account traded.</param>
/// <param name="Policy">keep, wind-down or close.</param>
/// <param name="DryRun">Whether nothing was changed.</param>
/// <param name="AlreadyDone">Whether the account trades the deployment already.</param>
/// <param name="NewSymbols">Symbols that are new to the account: their factors start without earlier bars.</param>
public sealed record SwitchOutcome(string Account, int From, int To, string Policy, bool DryRun, bool AlreadyDone,
    IReadOnlyList<string> NewSymbols, IReadOnlyList<SwitchedTrade> Trades);
