using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Postgres.Addresses;
using Granary.Postgres.Journals;
using Granary.Simulation.Models;
using Granary.Storage.Addresses;

namespace Granary.Trading.Live;

/// <summary>Reads the journals of live accounts, also while their sessions run, and passes commands to the sessions.</summary>
/// <param name="states">The values of --state: folders, databases as postgres://…?account=NAME, or account:NAME for accounts in the
/// store.</param>
/// <param name="store">The store of the server's own accounts; null if it has none.</param>
internal sealed class AccountReader(IReadOnlyList<string> states, TimeProvider clock, IAccountStore? store = null)
{
    /// <summary>The prefix of the server's own accounts.</summary>
    public const string Own = "account:";

    /// <summary>The maximum number of entries in a response; the newest are returned.</summary>
    public const int Most = 10_000;

    /// <summary>Returns facts as in the journals, newest last.</summary>
    /// <exception cref="JournalException">A journal cannot be read.</exception>
    public async Task<IReadOnlyList<JsonObject>> FactsAsync(string kind, string? strategy, string? symbol, DateTimeOffset? from,
        DateTimeOffset? to, CancellationToken cancellationToken = default)
    {
        var found = new List<JsonObject>();
        foreach (var state in states)
            foreach (var entry in await ReadAsync(state, new JournalQuery(kind, strategy, symbol, from, to), cancellationToken)
                .ConfigureAwait(false))
                found.Add(Shown(state, entry));
        return found.Count > Most ? found.GetRange(found.Count - Most, Most) : found;
    }

    /// <summary>Returns the newest fact for each key.</summary>
    public async Task<IReadOnlyList<JsonObject>> LatestAsync(string kind, Func<JsonObject, string> keyOf, string? strategy, string? symbol,
        CancellationToken cancellationToken = default)
    {
        var latest = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var fact in await FactsAsync(kind, strategy, symbol, null, null, cancellationToken).ConfigureAwait(false))
            latest[$"{fact["account"]}\n{keyOf(fact)}"] = fact;
        return [.. latest.Values];
    }

    /// <summary>Returns orders with their states.</summary>
    public async Task<IReadOnlyList<JsonObject>> OrdersAsync(string? strategy, string? symbol, DateTimeOffset? from, DateTimeOffset? to,
        CancellationToken cancellationToken = default)
    {
        var orders = new List<JsonObject>();
        foreach (var state in states)
        {
            var ledger = new AccountLedger(0, _ => 1);
            var intents = new List<(JournalEntry Entry, string Id)>();
            foreach (var entry in await ReadAsync(state, new JournalQuery(), cancellationToken).ConfigureAwait(false))
            {
                if (entry.Kind is not (nameof(OrderIntended) or nameof(OrderAnswered) or nameof(VenueReported) or nameof(OrderClosed)))
                    continue;
                var e = JournalCodec.Decode(entry);
                ledger.Apply(e);
                if (e is OrderIntended intent && new JournalQuery(null, strategy, symbol, from, to).Wants(entry))
                    intents.Add((entry, intent.Order.ClientId));
            }
            foreach (var (entry, id) in intents.Skip(Math.Max(0, intents.Count - Most)))
            {
                var order = ledger.Find(id)!;
                var shown = Shown(state, entry);
                shown["state"] = order.Unknown ? "unknown"
                    : System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(order.State.ToString());
                shown["venueId"] = order.VenueId;
                shown["filled"] = order.Filled;
                shown["reasonGiven"] = order.Reason;
                orders.Add(shown);
            }
        }
        return orders;
    }

    /// <summary>Returns the entries of each account.</summary>
    /// <exception cref="JournalException">A journal cannot be read.</exception>
    internal async Task<IReadOnlyList<(string Account, IReadOnlyList<JournalEntry> Entries)>> EntriesAsync(JournalQuery query,
        CancellationToken cancellationToken)
    {
        var read = new List<(string, IReadOnlyList<JournalEntry>)>();
        foreach (var state in states) read.Add((Name(state), await ReadAsync(state, query, cancellationToken).ConfigureAwait(false)));
        return read;
    }

    /// <summary>
    /// Writes a command for sessions whose state is a folder. Each takes it at its next bar, or within 200 ms.
    /// </summary>
    /// <param name="accounts">The accounts to command.</param>
    /// <returns>The number of accounts that received it.</returns>
    public int Send(IssuedCommand command, IReadOnlyCollection<string> accounts)
    {
        var sent = 0;
        foreach (var state in states.Where(s => !IsDatabase(s) && !IsOwn(s) && accounts.Contains(Name(s))))
        {
            SessionControl.Send(Path.Combine(state, "control"), command, clock.GetUtcNow());
            sent++;
        }
        return sent;
    }

    private static bool IsDatabase(string state) => Address.Parse(state).IsDatabase;

    private static bool IsOwn(string state) => state.StartsWith(Own, StringComparison.Ordinal);

    private async Task<IReadOnlyList<JournalEntry>> ReadAsync(string state, JournalQuery query, CancellationToken cancellationToken)
    {
        if (IsOwn(state)) return await store!.PeekAsync(state[Own.Length..], query, cancellationToken).ConfigureAwait(false);
        if (!IsDatabase(state)) return FileJournal.Peek(state, query);
        var cut = state.IndexOf("?account=", StringComparison.Ordinal);
        if (cut < 0) throw new JournalException($"{Address.Parse(state)} names no account; write postgres://…/DATABASE?account=NAME");
        return await PostgresJournal.PeekAsync(PostgresConnection.TextOf(Address.Parse(state[..cut])), state[(cut + "?account=".Length)..],
            query,
            cancellationToken).ConfigureAwait(false);
    }

    private static string Name(string state) =>
        IsOwn(state) ? state[Own.Length..]
            : IsDatabase(state) ? state[(state.IndexOf("?account=", StringComparison.Ordinal) + "?account=".Length)..]
            : Path.GetFileName(Path.GetFullPath(state));

    private static JsonObject Shown(string state, JournalEntry entry)
    {
        var shown = new JsonObject
        {
            ["account"] = Name(state),
            ["sequence"] = entry.Sequence,
            ["recorded"] = entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["strategy"] = entry.Strategy,
            ["symbol"] = entry.Symbol,
        };
        foreach (var (name, value) in JsonNode.Parse(entry.Body.Span)!.AsObject())
            // A numeric value is not a time, such as that of an open trade.
            shown[name] = name is "instant" or "period" or "entryTime" or "exitTime" or "validUntil"
                && value?.GetValueKind() == JsonValueKind.Number ? null : value?.DeepClone();
        return shown;
    }
}
