using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Contracts.Deployments;
using Granary.Engine;
using Granary.Simulation.Batches;
using Granary.Storage.Files;

namespace Granary.Trading.Deployments;

/// <summary>Deployments and their history, on any store.</summary>
internal sealed class DeploymentBook(IDeploymentStore store, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>The store's name in messages.</summary>
    public string Store => store.Name;

    /// <summary>
    /// The full path from which a relative folder of a deployment starts, for the command line; null keeps it, as a server does. A confined
    /// server keeps its store in its data folder, to which the folder is relative.
    /// </summary>
    public string? Base { get; init; }

    /// <summary>All deployments, oldest first.</summary>
    public IReadOnlyList<Deployment> All() => [.. store.Numbers().Select(Get)];

    /// <summary>The numbers in use, ascending.</summary>
    public IReadOnlyList<int> Numbers() => store.Numbers();

    /// <exception cref="InputException">The deployment does not exist, or its document is damaged.</exception>
    public Deployment Get(int number)
    {
        if (Find(number) is { } found) return found;
        var numbers = store.Numbers();
        throw new InputException($"{store.Name} has no deployment {number}; "
            + (numbers.Count == 0 ? "'granary deployments add PROD.json' adds the first" : $"it has {string.Join(", ", numbers)}"));
    }

    /// <summary>Returns the deployment with this number; null if it does not exist.</summary>
    /// <exception cref="InputException">The document is damaged, or was changed after it was added.</exception>
    public Deployment? Find(int number) =>
        store.Read(number) is { } document ? Based(Parse<Deployment>(document, $"deployment {number}", d => d.Number == number)) : null;

    private Deployment Based(Deployment found) => Base is null ? found : found with { Folder = Path.GetFullPath(found.Folder, Base) };

    /// <summary>Returns the newest deployment of a configuration; null if there is none.</summary>
    public Deployment? Find(string hash) => All().LastOrDefault(d => d.Hash == hash);

    /// <summary>Adds a configuration as the next version.</summary>
    /// <param name="production">The configuration parsed from <paramref name="text"/>.</param>
    /// <exception cref="InputException">The newest version has the same configuration.</exception>
    public Deployment Add(Production production, byte[] text, string folder, Justification backtest, string who, string why)
    {
        // Another process may take the number first, perhaps for the same configuration.
        while (true)
        {
            if (Find(production.Hash) is { } same)
                throw new InputException($"deployment {same.Number} of {store.Name} is this configuration already; nothing was added");
            var number = store.Numbers().LastOrDefault() + 1;
            var deployment = new Deployment
            {
                Number = number,
                Name = production.Spec.Name,
                Hash = production.Hash,
                Configuration = Encoding.UTF8.GetString(text),
                Folder = folder,
                AddedAt = clock.GetUtcNow(),
                Who = who,
                Why = why,
                FailedChecks = production.Verdict.MayBeTraded ? [] : [.. production.Verdict.Reasons],
                Backtest = backtest,
            };
            var added = new DeploymentEvent(Last() + 1, deployment.AddedAt, DeploymentAction.Added, number, who, why);
            if (store.TryAdd(number, SealedJson.Write(deployment, Json), added.Sequence, SealedJson.Write(added, Json))) return deployment;
        }
    }

    /// <summary>Appends an entry to the history, with a new sequence number and the current time.</summary>
    public DeploymentEvent Append(DeploymentEvent e)
    {
        for (var sequence = Last() + 1; ; sequence++)
        {
            var entry = e with { Sequence = sequence, At = clock.GetUtcNow() };
            if (store.TryAppend(sequence, SealedJson.Write(entry, Json))) return entry;
        }
    }

    /// <summary>Returns the history after a sequence number, oldest first.</summary>
    /// <param name="number">The deployment; null for all.</param>
    /// <exception cref="InputException">An event is damaged or missing.</exception>
    public IReadOnlyList<DeploymentEvent> History(int? number = null, long after = 0)
    {
        var events = store.Events(after)
            .Select(e => Parse<DeploymentEvent>(e.Document, $"event {e.Sequence}", d => d.Sequence == e.Sequence)).ToList();
        for (var i = 0; i < events.Count; i++)
            if (events[i].Sequence != after + i + 1)
                throw new InputException($"event {after + i + 1} of {store.Name} is missing; put back a copy");
        return [.. events.Where(e => number is null || e.Number == number)];
    }

    /// <summary>Enables or disables a strategy, or all strategies of a symbol, in a deployment.</summary>
    /// <param name="strategy">The strategy's id; empty for a symbol.</param>
    /// <param name="symbol">The symbol; empty for a strategy.</param>
    /// <exception cref="InputException">The deployment does not have the strategy or symbol.</exception>
    public DeploymentEvent SetEnabled(int number, bool enabled, string strategy, string symbol, string who, string why)
    {
        var members = DeploymentMember.Of(Get(number));
        if (strategy.Length > 0 && members.All(m => m.Id != strategy))
            throw new InputException(Named($"deployment {number} has no strategy {strategy}", strategy, members.Select(m => m.Id)));
        if (strategy.Length == 0 && !members.Any(m => m.Symbols.Contains(symbol, StringComparer.Ordinal)))
            throw new InputException(Named($"deployment {number} has no strategy of {symbol}", symbol, members.SelectMany(m => m.Symbols)));
        return Append(new DeploymentEvent(0, default, enabled ? DeploymentAction.Enabled : DeploymentAction.Disabled, number, who, why)
        {
            Strategy = strategy,
            Symbol = strategy.Length > 0 ? "" : symbol,
        });
    }

    /// <summary>Returns the strategies of a deployment whose entries are disabled, with the history entry that disabled them.</summary>
    public IReadOnlyDictionary<string, DeploymentEvent> Disabled(int number)
    {
        var disabled = new Dictionary<string, DeploymentEvent>(StringComparer.Ordinal);
        var members = DeploymentMember.Of(Get(number));
        foreach (var e in History(number).Where(e => e.Action is DeploymentAction.Enabled or DeploymentAction.Disabled))
            foreach (var member in members.Where(m => m.Matches(e)))
            {
                if (e.Action == DeploymentAction.Disabled) disabled[member.Id] = e;
                else disabled.Remove(member.Id);
            }
        return disabled;
    }

    /// <summary>Returns the records of parity of an account, oldest day first.</summary>
    /// <param name="account">The account; null for all.</param>
    /// <param name="number">The deployment; null for all.</param>
    /// <exception cref="InputException">A record is damaged or was changed.</exception>
    public IReadOnlyList<ParityRecord> Parity(string? account = null, int? number = null) =>
    [
        .. store.Parity(account).Select(p => Parse<ParityRecord>(p.Document, NameOf(p.Account, p.Day),
            r => r.Account == p.Account && r.Day == p.Day)).Where(r => number is null || r.Deployment == number),
    ];

    private static string NameOf(string account, DateOnly day) =>
        FormattableString.Invariant($"the parity of {account} on {day:yyyy-MM-dd}");

    /// <summary>Keeps the record of an account's day. A day that has a record keeps it.</summary>
    /// <returns>The record that is kept.</returns>
    public ParityRecord Keep(ParityRecord record) => store.TryAddParity(record.Account, record.Day, SealedJson.Write(record, Json))
        ? record : Parity(record.Account).First(r => r.Day == record.Day);

    private long Last() => store.Events(0) is [.., var last] ? last.Sequence : 0;

    private static string Named(string sentence, string word, IEnumerable<string> known)
    {
        var names = known.Distinct(StringComparer.Ordinal).ToList();
        return sentence + (Engine.Market.Spelling.Nearest(word, names) is { } near ? $"; did you mean {near}?"
            : $"; it has {string.Join(", ", names.Take(5))}{(names.Count > 5 ? ", …" : "")}");
    }

    // Each document contains its own hash, and is valid only for the number that it was written for.
    private T Parse<T>(byte[] document, string what, Func<T, bool> isOfItsNumber)
    {
        try
        {
            var value = SealedJson.Read<T>(document, Json);
            return isOfItsNumber(value) ? value : throw new JsonException("it was written for another number");
        }
        catch (JsonException e)
        {
            throw new InputException($"{what} of {store.Name} is damaged or was changed ({e.Message.TrimEnd('.')}); put back a copy", e);
        }
    }
}
