using Granary.Data.Journals;
using Granary.Engine;
using Granary.Engine.Brokerage;
using Granary.Learning.Gating;
using Granary.Learning.Registry;
using Granary.Learning.Retraining;
using Granary.Learning.Trainers;
using Granary.Reporting.Runs;
using Granary.Simulation.Catalogues;

namespace Granary.Trading.Live;

/// <summary>
/// Replaces the models of a session by newer promoted versions, according to their retraining schedule. Another process trains and promotes
/// them. Each replacement is written to the journal before it takes effect. A stream does not wait for the registry: the current version
/// judges entries until the newer one is loaded.
/// </summary>
internal sealed class SessionModels
{
    private readonly LiveOptions _options;
    private readonly AccountJournal _journal;
    private readonly LivePortfolio _portfolio;
    private readonly GranaryCatalogues _catalogues;
    private readonly ICollection<string> _notes;
    private readonly List<Followed> _followed;
    // Models of strategies whose versions expire, and versions whose expiry was noted.
    private readonly List<(string Strategy, EntryModel Model)> _expiring;
    private readonly HashSet<(string Strategy, int Version)> _expired = [];

    private sealed class Followed(ModelOrigin origin, RetrainingSchedule schedule, List<EntryModel> models)
    {
        public ModelOrigin Origin => origin;

        public RetrainingSchedule Schedule => schedule;

        /// <summary>The entry filters of the strategies that the model judges.</summary>
        public List<EntryModel> Models => models;

        public int InForce { get; set; } = origin.Version;

        public long Due { get; set; } = schedule.From;

        public Task<Found?>? Search { get; set; }
    }

    private sealed record Found(int Version, string Hash, ITrainedModel Model, long Until, VersionAge? Age)
    {
        /// <summary>In force from the bar after a time on.</summary>
        public ModelWindow From(long after) => new(after + 1, Model) { Number = Version, Until = Until, Age = Age };
    }

    public SessionModels(LiveOptions options, AccountJournal journal, LivePortfolio portfolio, GranaryCatalogues catalogues,
        ICollection<string> notes)
    {
        (_options, _journal, _portfolio, _catalogues, _notes) = (options, journal, portfolio, catalogues, notes);
        _followed = [.. portfolio.Strategies.Select(s => s.Instance.Model).OfType<EntryModel>().Distinct()
            .Where(m => m is { Origin: not null, Refresh: not null }).GroupBy(m => m.Origin!)
            .Select(g => new Followed(g.Key, g.First().Refresh!, [.. g]))];
        _expiring = [.. portfolio.Strategies.Where(s => s.Instance.Model is EntryModel model
                && model.Windows.Any(w => w.Age is not null || w.Until < long.MaxValue))
            .Select(s => (s.Instance.Id, (EntryModel)s.Instance.Model!))];
    }

    /// <summary>Puts the versions in a journal in force, before its bars are processed again.</summary>
    /// <exception cref="InputException">The registry no longer has a version.</exception>
    public void Put(IEnumerable<ModelChanged> facts)
    {
        foreach (var fact in facts)
        {
            var model = _followed.Find(f => f.Origin.Model == fact.Model)
                ?? throw new JournalException($"the journal has a version of the model '{fact.Model}', which the configuration does not "
                    + "follow: give the session the configuration that it began with");
            Put(model, Load(model.Origin, model.Models[0], fact, _catalogues), fact.Timestamp);
        }
    }

    /// <summary>Adds the versions in a journal to the models of its configuration, each from its time on.</summary>
    /// <exception cref="InputException">The registry no longer has a version.</exception>
    public static void Add(IEnumerable<EntryModel> models, IEnumerable<ModelChanged> facts, GranaryCatalogues catalogues)
    {
        var known = models.Where(m => m.Origin is not null).Distinct().ToLookup(m => m.Origin!.Model);
        foreach (var fact in facts)
            foreach (var model in known[fact.Model])
                model.Add(Load(model.Origin!, model, fact, catalogues).From(fact.Timestamp));
    }

    /// <summary>Checks for newer versions when they are due.</summary>
    public async ValueTask LookAsync(CancellationToken cancellationToken)
    {
        foreach (var model in _followed) await LookAsync(model, cancellationToken).ConfigureAwait(false);
        NoteExpiries();
    }

    // Notes the expiry of the version in force, which then admits no entries; a session without a newer version only closes trades.
    private void NoteExpiries()
    {
        foreach (var (strategy, model) in _expiring)
        {
            var version = model.ScheduledAt(_portfolio.Timestamp);
            if (ReasonOf(model, version) is { } reason && _expired.Add((strategy, version)))
                _notes.Add($"model {model.Origin?.Model ?? model.Name}:{version} has expired ({reason}): {strategy} enters no trades until "
                    + "a newer version is promoted");
        }
    }

    private string? ReasonOf(EntryModel model, int version)
    {
        if (model.HasExpired(version, _portfolio.Timestamp))
            return $"at {RunText.Time(model.Windows.First(w => w.Number == version).Until)}";
        return model.Aged.TryGetValue(version, out var at) && model.Windows.First(w => w.Number == version).Age is { Limit: var limit }
            ? $"more than its {string.Join(" or ", Limits(limit))} since its training, at the entry of {RunText.Time(at)}" : null;
    }

    private static IEnumerable<string> Limits(VersionExpiry limit)
    {
        if (limit.Bars is { } bars) yield return Counted.Of(bars, "bar");
        if (limit.Trades is { } trades) yield return Counted.Of(trades, "closed trade");
    }

    private async ValueTask LookAsync(Followed model, CancellationToken cancellationToken)
    {
        if (model.Search is null)
        {
            if (_portfolio.Timestamp < model.Due) return;
            var (time, inForce) = (_portfolio.Timestamp, model.InForce);
            model.Due = model.Schedule.NextAfter(time);
            model.Search = Task.Run(() => Find(model, time, inForce), cancellationToken);
        }
        // A replay waits, so that it always uses the same versions.
        if (_options.IsStream && !model.Search.IsCompleted) return;
        var search = model.Search;
        model.Search = null;
        try
        {
            if (await search.ConfigureAwait(false) is not { } found) return;
            var after = _portfolio.Timestamp;
            await _journal.AppendAsync([new ModelChanged(after, model.Origin.Model, found.Version, found.Hash)], cancellationToken)
                .ConfigureAwait(false);
            Put(model, found, after);
        }
        catch (Exception e) when (e is InputException or IOException or System.Data.Common.DbException)
        {
            _notes.Add($"model {model.Origin.Model}:{model.InForce} stays in force after {_portfolio.TimeText(_portfolio.Timestamp)}: "
                + e.Message);
        }
    }

    // Null if the version in force stays.
    private Found? Find(Followed model, long time, int inForce)
    {
        var version = Registry(model.Origin, _catalogues).PromotedAt(model.Origin.Model, new DateTime(time, DateTimeKind.Utc));
        if (version is null || version.Number <= inForce) return null;
        var found = Load(model.Origin, model.Models[0], version.Number, _catalogues);
        foreach (var filter in model.Models) filter.Require(found.Model);
        return found;
    }

    private static Found Load(ModelOrigin origin, EntryModel model, ModelChanged fact, GranaryCatalogues catalogues)
    {
        var found = Load(origin, model, fact.Version, catalogues);
        return found.Hash == fact.Hash ? found : throw new InputException($"version {fact.Version} of the model '{fact.Model}' is another "
            + "one than the session used: restore the registry");
    }

    private static Found Load(ModelOrigin origin, EntryModel model, int number, GranaryCatalogues catalogues)
    {
        var (trained, version) = Registry(origin, catalogues).Load(origin.Model, number);
        // The age limit is that of the version with which the session began.
        var first = model.Windows.First(w => w.Number == origin.Version);
        if (first.Age is { Limit: var limit })
        {
            var trainedAt = (version.Lineage.TrainedAt ?? version.Lineage.To).Ticks;
            return new Found(number, version.ModelHash, trained,
                limit.Days is { } days ? trainedAt + days * TimeSpan.TicksPerDay : long.MaxValue, new VersionAge(limit, trainedAt, 0, 0));
        }
        return new Found(number, version.ModelHash, trained, long.MaxValue, null);
    }

    private static ModelRegistry Registry(ModelOrigin origin, GranaryCatalogues catalogues) =>
        catalogues.OpenRegistry(catalogues.AddressOf(origin.Registry));

    private void Put(Followed model, Found found, long after)
    {
        foreach (var filter in model.Models)
            filter.Add(found.From(after));
        (model.InForce, model.Due) = (found.Version, model.Schedule.NextAfter(after));
        _notes.Add($"model {model.Origin.Model}:{found.Version} in force from the bar after {_portfolio.TimeText(after)}");
    }
}
