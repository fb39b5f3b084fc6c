using Granary.Cluster.Accounts;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Market;
using Granary.Trading.Live;

namespace Granary.Cluster.Grains.Accounts;

/// <summary>Converts facts and bars for the calls between a portfolio and its order grain.</summary>
internal static class GatewayEvents
{
    public static GatewayEvent Of(JournalEvent e) => Of(JournalCodec.Encode(0, default, e));

    public static GatewayEvent Of(JournalEntry e) => new(e.Sequence, e.Kind, e.Strategy, e.Symbol, e.Body.ToArray());

    public static JournalEntry ToEntry(in GatewayEvent f) => new(f.Sequence, default, f.Kind, f.Strategy, f.Symbol, f.Body);

    public static JournalEvent ToEvent(in GatewayEvent f) => JournalCodec.Decode(ToEntry(f));

    public static List<JournalEvent> ToEvents(IReadOnlyList<GatewayEvent> facts)
    {
        var events = new List<JournalEvent>(facts.Count);
        foreach (var fact in facts) events.Add(ToEvent(fact));
        return events;
    }

    /// <summary>Whether the fact changes a ledger from outside of its session.</summary>
    public static bool IsNews(JournalEvent e) => e is OrderAnswered or VenueReported or OrderClosed or Reconciled;

    public static GatewayBar Of(in ClosedBar b) =>
        new(b.Symbol, b.Timeframe.ToString(), b.Bar.Time, b.Bar.Open, b.Bar.High, b.Bar.Low, b.Bar.Close, b.Bar.Volume);

    public static ClosedBar ToBar(in GatewayBar b) =>
        new(b.Symbol, new Bar(b.Time, b.Open, b.High, b.Low, b.Close, b.Volume), Timeframe.Parse(b.Timeframe));
}
