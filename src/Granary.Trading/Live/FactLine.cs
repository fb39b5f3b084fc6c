using System.Globalization;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Engine.Trading;
using Granary.Reporting.Runs;

namespace Granary.Trading.Live;

/// <summary>Formats decisions and transitions of a session as log lines.</summary>
internal static class FactLine
{
    /// <summary>Returns the fact as one line with the time of its bar; null for bars and for venue reports, which orders show.</summary>
    /// <param name="timeframe">The timeframe of the feed.</param>
    public static string? Of(JournalEvent e, Timeframe timeframe) =>
        Words(e) is { } words ? $"{(e.Timestamp <= 0 ? "start" : RunText.Time(FactTime.Of(e, timeframe)))} {words}" : null;

    /// <summary>
    /// Returns the line only for facts about the session itself, for a server's log. Null for signals, orders, fills and trades, which the
    /// journal has, because a busy session makes hundreds per second.
    /// </summary>
    public static string? OfSession(JournalEvent e, Timeframe timeframe) => e is SessionStarted or SessionChanged or WeightsChanged
        or EnablementChanged or SessionControlled or Reconciled or DeploymentSwitched or ModelWatched ? Of(e, timeframe) : null;

    /// <summary>Returns the fact as one line without its time; null as for <see cref="Of"/>.</summary>
    public static string? Words(JournalEvent e) => e switch
    {
        SessionStarted s => $"Session started on {s.Host}, process {s.Process.ToString(CultureInfo.InvariantCulture)}, broker {s.Broker}",
        SessionChanged { From: "" } c => $"Session begins as {c.To}{Because(c.Why)}",
        SessionChanged c => $"Session went from {c.From} to {c.To}{Because(c.Why)}",
        SignalDecided { Decision.IsAccepted: true } d => FormattableString.Invariant(
            $"Portfolio accepted signal {d.Number} of {d.Strategy}: {d.Granted} of {d.Quantity} {d.Symbol}"),
        SignalDecided d => FormattableString.Invariant(
            $"Portfolio refused signal {d.Number} of {d.Strategy} in {d.Symbol}: {d.Decision.Word}"),
        EntrySkipped s => FormattableString.Invariant($"Entry {s.Number} of {s.Strategy} in {s.Symbol} was skipped: {s.Why}"),
        PortfolioActed a => FormattableString.Invariant(
            $"Portfolio {a.Action} {a.Share:0.##%} of trade {a.Number} of {a.Strategy} in {a.Symbol}: {a.Reason.Word()}"),
        OrderIntended o => FormattableString.Invariant(
            $"Order {o.Order.ClientId} was made: {o.Order.Side} {o.Order.Quantity} {o.Symbol}, {o.Role}"),
        OrderChanged o => $"Order {o.ClientId} in {o.Symbol} went from {o.From} to {o.To}{Because(o.Reason)}",
        StopMoved s => FormattableString.Invariant($"Stop of trade {s.ClientId} in {s.Symbol} moves to {s.Price}"),
        TradeChanged t => FormattableString.Invariant(
            $"Trade {t.Number} of {t.Strategy} in {t.Symbol} is {t.State}: {t.Open} of {t.Quantity} open"),
        WeightsChanged w => FormattableString.Invariant($"Weights version {w.Version} of {w.Who} came into force") + Because(w.Why),
        WeightsDecided w => "Policy decided weights: " + string.Join(", ",
            w.Weights.Select(x => FormattableString.Invariant($"{x.Key} {x.Value:0.####}"))),
        ModelWatched { IsWorse: true } m => FormattableString.Invariant($"Model {m.Model} of {m.Strategy} predicts worse: ")
            + FormattableString.Invariant($"{100 * m.After:0.#} % of the newest {m.Trades} predictions were wrong, {100 * m.Before:0.#} % ")
            + FormattableString.Invariant($"before; entries get {m.Weight:0.##} of their size"),
        ModelWatched m => FormattableString.Invariant($"Model {m.Model} of {m.Strategy} predicts as well as before: ")
            + FormattableString.Invariant($"{100 * m.After:0.#} % of {m.Trades} predictions were wrong; entries get their full size"),
        EnablementChanged n => $"{n.Who} {(n.Enabled ? "enabled" : "disabled")} {n.Strategy}{n.Symbol}{Because(n.Why)}",
        SessionControlled c => $"{c.Who} gave the command {SessionWords.Of(c.Command)}{About(c)}{Because(c.Why)}",
        Reconciled r => $"Reconciled: {r.Difference}; {r.Rule}",
        DeploymentSwitched d =>
            $"{d.Who} handed the account over to deployment {d.Version.ToString(CultureInfo.InvariantCulture)}{Because(d.Why)}",
        _ => null,
    };

    // Names the trade, its symbol and what was ordered.
    private static string About(SessionControlled c)
    {
        var trade = c.Trade is null ? "" : $" for trade {c.Trade} in {c.Symbol} of {c.Strategy}";
        return c.Order is not { } order ? trade : trade + c.Command switch
        {
            SessionCommand.Close => FormattableString.Invariant($": {order.Quantity} of it"),
            SessionCommand.Protect => $": {Levels(order)}",
            _ => FormattableString.Invariant($": {Word(order.Side)} {order.Quantity} {c.Symbol} {order.Type.Word()}")
                + (order.LimitPrice > 0 ? FormattableString.Invariant($" at {order.LimitPrice}") : "") + $", {Levels(order)}",
        };
    }

    private static string Levels(HandOrder order) => (order.Stop > 0 ? FormattableString.Invariant($"stop {order.Stop}") : "no stop")
        + (order.Target > 0 ? FormattableString.Invariant($", target {order.Target}") : ", no target");

    private static string Word(Side side) => side == Side.Buy ? "buy" : "sell";

    private static string Because(string why) => why.Length > 0 ? $": {why}" : "";
}
