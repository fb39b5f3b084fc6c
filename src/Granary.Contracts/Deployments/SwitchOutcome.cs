namespace Granary.Contracts.Deployments;

/// <summary>A request to hand an account over to a deployment.</summary>
/// <param name="Account">The account's name in the journal; that of the configuration without one.</param>
/// <param name="Policy">keep, wind-down or close; keep without one.</param>
/// <param name="DryRun">Only show what would become of each open trade.</param>
/// <param name="Why">For journal and history.</param>
public sealed record SwitchRequest(string? Account, string? Policy, bool DryRun, string? Why);

/// <summary>An open trade, or an entry that waits, and what becomes of it in a switch.</summary>
/// <param name="Side">long or short.</param>
/// <param name="Quantity">Open, base units; of a waiting entry what is ordered.</param>
/// <param name="EntryPrice">0 for an entry that waits.</param>
/// <param name="Profit">Unrealised at the last close, before fees; null for an entry that waits and before the first close.</param>
/// <param name="Handling">kept, winds-down or closes.</param>
/// <param name="What">In words.</param>
public sealed record SwitchedTrade(string Strategy, string Symbol, string Side, double Quantity, double EntryPrice, double? Profit,
    string Handling, string What);

/// <summary>The effect of a switch of an account, done or planned.</summary>
/// <param name="From">The deployment that the account traded.</param>
/// <param name="Policy">keep, wind-down or close.</param>
/// <param name="DryRun">Whether nothing was changed.</param>
/// <param name="AlreadyDone">Whether the account trades the deployment already.</param>
/// <param name="NewSymbols">Symbols whose factors begin without a past.</param>
public sealed record SwitchOutcome(string Account, int From, int To, string Policy, bool DryRun, bool AlreadyDone,
    IReadOnlyList<string> NewSymbols, IReadOnlyList<SwitchedTrade> Trades);
