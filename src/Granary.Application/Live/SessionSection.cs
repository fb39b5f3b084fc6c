using System.Text;
using System.Text.Json;
using Granary.Engine.Brokerage;
using Granary.Reporting.Runs;

namespace Granary.Application.Live;

/// <summary>What a session's results.json and report say of its account: the section <c>session</c>.</summary>
internal static class SessionSection
{
    public const string Name = "session";

    private const int MostTrades = 20;

    public static string ToJson(LiveStatus status, AccountLedger ledger, SessionBacktest? against)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            ResultsJson.Number(json, "account", status.AccountEquity);
            ResultsJson.Number(json, "model", status.ModelEquity);
            ResultsJson.Number(json, "cash", ledger.Cash);
            ResultsJson.Number(json, "fees", ledger.Fees);
            json.WriteNumber("orders", ledger.TrackedOrders.Count);
            json.WriteNumber("fills", ledger.Fills);
            json.WriteNumber("rejected", status.Rejected);
            json.WriteNumber("unknown", status.Unknown);
            json.WriteNumber("openTrades", status.OpenTrades);
            if (against is not null) Against(json, against);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Against(Utf8JsonWriter json, SessionBacktest against)
    {
        ResultsJson.Number(json, "backtest", against.Equity);
        json.WriteBoolean("sameDecisions", against.IsSame);
        json.WriteString("sentence", against.Sentence);
        json.WriteStartArray("causes");
        foreach (var (cause, amount) in against.Gap.Causes.Where(c => against.Counts(c.Amount)))
        {
            json.WriteStartObject();
            json.WriteString("cause", cause);
            ResultsJson.Number(json, "amount", amount);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("trades");
        foreach (var t in against.Gap.Trades.Where(t => against.Counts(t.Total)).OrderByDescending(t => Math.Abs(t.Total)).Take(MostTrades))
        {
            json.WriteStartObject();
            json.WriteString("strategy", t.Strategy);
            json.WriteString("symbol", t.Symbol);
            json.WriteString("entry", t.EntryTime);
            ResultsJson.Number(json, "amount", t.Total);
            json.WriteString("cause", t.LargestCause);
            json.WriteString("why", t.Why);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
