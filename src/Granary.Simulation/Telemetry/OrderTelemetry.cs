using System.Diagnostics;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;

namespace Granary.Simulation.Telemetry;

/// <summary>
/// Traces and counts an account's orders, and counts its bars and signals, from its journal. A span "order" lasts from the intent to the
/// final state and contains a span "fill" for each fill. Its parent is the current activity of the session, such as the request that
/// started it.
/// </summary>
internal sealed class OrderTelemetry
{
    private readonly Dictionary<string, Activity> _open = new(StringComparer.Ordinal);
    // Contexts of orders whose effects are not all booked: a fill is reported after the state that it leads to.
    private readonly Dictionary<string, ActivityContext> _contexts = new(StringComparer.Ordinal);
    private string _account = "";

    public void Observe(JournalEvent e)
    {
        switch (e)
        {
            case SessionStarted started: Start(started); break;
            case SignalDecided decided: GranaryInstruments.Signals.Add(1, Account, Decision(decided.Decision.Word)); break;
            case EntrySkipped skipped: GranaryInstruments.EntriesSkipped.Add(1, Account, Reason(skipped.Why)); break;
            case BarsTaken { Warm: false } taken: GranaryInstruments.SessionBars.Add(taken.Bars.Count, Account); break;
            case OrderIntended intended: Begin(intended); break;
            case OrderChanged changed: Change(changed); break;
            case VenueReported { Event.Fill: { } fill }: Fill(fill); break;
            case OrderClosed closed: _contexts.Remove(closed.ClientId); break;
        }
    }

    // The counters of the account exist from the start of its session, so that the first event is seen as an increase.
    private void Start(SessionStarted started)
    {
        _account = started.Account;
        GranaryInstruments.SessionBars.Add(0, Account);
        GranaryInstruments.Fills.Add(0, Account);
        GranaryInstruments.Signals.Add(0, Account, Decision(Engine.Portfolio.Rules.Decision.Accepted.Word));
        foreach (var state in (OrderState[])[OrderState.Filled, OrderState.Rejected])
            GranaryInstruments.Orders.Add(0, Account, State(state.ToString().ToLowerInvariant()));
    }

    private void Begin(OrderIntended intended)
    {
        GranaryInstruments.Orders.Add(1, Account, State("intended"));
        var current = Activity.Current;
        if (GranaryInstruments.Traces.StartActivity("order") is not { } span) return;
        // An order lasts over many calls, so it must not become the parent of the session's next call.
        Activity.Current = current;
        span.SetTag(GranaryInstruments.Account, _account).SetTag(GranaryInstruments.Symbol, intended.Symbol)
            .SetTag("granary.order", intended.Order.ClientId).SetTag("granary.side", intended.Order.Side.ToString())
            .SetTag("granary.quantity", intended.Order.Quantity);
        _open[intended.Order.ClientId] = span;
        _contexts[intended.Order.ClientId] = span.Context;
    }

    private void Change(OrderChanged changed)
    {
        if (changed.To != OrderState.Closed)
            GranaryInstruments.Orders.Add(1, Account, State(changed.To.ToString().ToLowerInvariant()));
        if (!changed.To.IsFinal() || !_open.Remove(changed.ClientId, out var span)) return;
        span.SetTag(GranaryInstruments.State, changed.To.ToString());
        if (changed.To is OrderState.Rejected or OrderState.Expired) span.SetStatus(ActivityStatusCode.Error, changed.Reason);
        span.Dispose();
    }

    private void Fill(BrokerFill fill)
    {
        GranaryInstruments.Fills.Add(1, Account);
        var parent = _contexts.TryGetValue(fill.ClientId, out var order) ? order : Activity.Current?.Context ?? default;
        using var span = GranaryInstruments.Traces.StartActivity("fill", ActivityKind.Internal, parent);
        span?.SetTag(GranaryInstruments.Account, _account).SetTag(GranaryInstruments.Symbol, fill.Symbol)
            .SetTag("granary.execution", fill.ExecutionId).SetTag("granary.price", fill.Price).SetTag("granary.quantity", fill.Quantity);
    }

    private KeyValuePair<string, object?> Account => new(GranaryInstruments.Account, _account);

    private static KeyValuePair<string, object?> State(string state) => new(GranaryInstruments.State, state);

    private static KeyValuePair<string, object?> Decision(string word) => new(GranaryInstruments.Decision, word);

    private static KeyValuePair<string, object?> Reason(string word) => new(GranaryInstruments.Reason, word);
}
