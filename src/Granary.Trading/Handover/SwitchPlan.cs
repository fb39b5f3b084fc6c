using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Trading.Deployments;
using Granary.Trading.Live;

namespace Granary.Trading.Handover;

/// <summary>One step of a plan: an open trade or a waiting entry, with its handling.</summary>
/// <param name="Quantity">Open quantity in base units; for a waiting entry, the ordered quantity.</param>
/// <param name="EntryPrice">0 for a waiting entry.</param>
/// <param name="Profit">
/// Unrealised profit at the last close and rate, before fees, in the account's currency; null for a waiting entry, and if it is not known.
/// </param>
/// <param name="What">The handling in words.</param>
internal sealed record SwitchStep(string Strategy, string Symbol, Side Side, double Quantity, double EntryPrice, double? Profit,
    TradeHandling Handling, string What);

/// <summary>The effects of switching an account to a different deployment.</summary>
/// <param name="From">The current deployment of the account.</param>
/// <param name="Fact">The journal entry; who and why are empty.</param>
/// <param name="NewSymbols">Symbols without bars in the journal, whose factors start without warm-up.</param>
internal sealed record SwitchPlan(Deployment From, Deployment To, HandOverPolicy Policy, DeploymentSwitched Fact,
    IReadOnlyList<SwitchStep> Steps, IReadOnlyList<string> NewSymbols)
{
    /// <summary>Whether sessions already trade the deployment.</summary>
    public bool IsDone => From.Hash == To.Hash;

    /// <param name="read">Parses a configuration.</param>
    /// <exception cref="InputException">The account cannot switch between the two configurations.</exception>
    internal static SwitchPlan Of(AccountBooks books, Deployment from, Deployment to, HandOverPolicy policy,
        Func<Deployment, Production> read)
    {
        var traded = read(from).Spec.Data;
        var (before, after) = (traded.Symbols, read(to).Spec.Data.Symbols);
        IReadOnlyList<string> symbols = books.LastSwitch is { } last ? [.. last.Symbols.Union(before, StringComparer.Ordinal)] : before;
        var configurations = Configurations(books, from);
        var target = StrategySections.Of(to.Configuration);
        StrategySections.CheckCompatible(from, to);
        var (trades, steps) = (new List<HandedTrade>(), new List<SwitchStep>());
        foreach (var (entry, trade) in books.Open())
        {
            var handed = Hand(entry, new Origins(books.LastSwitch, from.Hash, configurations), to.Hash, target, policy, trades);
            trades.Add(handed);
            steps.Add(new SwitchStep(entry.Strategy, entry.Order.Symbol, entry.Order.Side, trade?.Open ?? entry.Order.Quantity,
                trade?.EntryPrice ?? 0, trade is null ? null : books.ProfitOf(trade, traded), handed.Handling,
                Words(handed, trade is not null, to.Number, from.Number)));
        }
        var tag = ClientOrderId.Tag(
            FormattableString.Invariant($"{books.Started.Account}\n{to.Hash}\n{books.Started.Tag}\n{books.Switches + 1}"));
        var fact = new DeploymentSwitched(books.Timestamp, to.Hash, tag, to.Number, policy, symbols, trades,
            [.. trades.Select(t => t.Configuration).Where(h => h != to.Hash).Distinct(StringComparer.Ordinal).Select(h =>
                configurations[h])],
            "", "");
        return new SwitchPlan(from, to, policy, fact, steps, [.. after.Except(symbols, StringComparer.Ordinal)]);
    }

    // The configurations that define open trades, by hash.
    private static Dictionary<string, EarlierConfiguration> Configurations(AccountBooks books, Deployment from)
    {
        var known = (books.LastSwitch?.Earlier ?? []).ToDictionary(e => e.Hash, StringComparer.Ordinal);
        known[from.Hash] = new EarlierConfiguration(from.Hash, from.Folder, from.Configuration);
        return known;
    }

    // Determines which configuration defines the strategy of an open trade.
    private sealed record Origins(DeploymentSwitched? LastSwitch, string Current, Dictionary<string, EarlierConfiguration> Configurations)
    {
        public string Of(string entry) => LastSwitch?.Trades.FirstOrDefault(t => t.Entry == entry)?.Configuration ?? Current;
    }

    private static HandedTrade Hand(TrackedOrder entry, Origins origins, string to, StrategySections target, HandOverPolicy policy,
        List<HandedTrade> others)
    {
        var id = entry.Order.ClientId;
        if (ClientOrderId.IsByHand(id))
            return new HandedTrade(id, entry.Strategy, entry.Order.Symbol, entry.Strategy, to,
                policy == HandOverPolicy.Close ? TradeHandling.Closes : TradeHandling.Kept);
        var origin = origins.Of(id);
        var isAlike = StrategySections.Of(origins.Configurations[origin].Text).IsAlike(target, entry.Strategy);
        var handling = policy == HandOverPolicy.Close ? TradeHandling.Closes
            : policy == HandOverPolicy.Keep && isAlike ? TradeHandling.Kept : TradeHandling.WindsDown;
        if (isAlike) return new HandedTrade(id, entry.Strategy, entry.Order.Symbol, entry.Strategy, to, handling);
        var isTaken = target.Has(entry.Strategy)
            || others.Exists(t => t.RunsAs == entry.Strategy && t.Configuration != origin);
        return new HandedTrade(id, entry.Strategy, entry.Order.Symbol, isTaken ? $"{entry.Strategy}~{origin[..6]}" : entry.Strategy, origin,
            handling);
    }

    private static string Words(HandedTrade trade, bool isOpen, int to, int from) => (trade.Handling, isOpen) switch
    {
        (TradeHandling.Kept, _) when ClientOrderId.IsByHand(trade.Entry) => "kept: an operator entered it by hand",
        (TradeHandling.Kept, true) => $"kept: deployment {to} has the same strategy, which goes on with it",
        (TradeHandling.Kept, false) => $"the entry waits on: deployment {to} has the same strategy",
        (_, false) => "the entry that waits is cancelled when the next session starts",
        (TradeHandling.Closes, _) => "closed by a market order when the next session starts",
        (TradeHandling.WindsDown, _) => $"winds down: ends by its strategy's own exits, stop and target; deployment {from} enters nothing more",
    };
}
