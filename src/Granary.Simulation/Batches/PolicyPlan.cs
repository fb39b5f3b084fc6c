using System.Globalization;
using System.Text.Json;
using Granary.Engine.Market;
using Granary.Learning;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Reinforcement.Policies;
using Granary.Simulation.Json;
using Granary.Simulation.Models;

namespace Granary.Simulation.Batches;

/// <summary>
/// The policy of a production configuration, and the versions that take its place: those of its <c>changes</c>, or promoted ones by the
/// schedule of its <c>refresh</c>. A session adds the versions that it really used, so that a backtest beside it uses the same.
/// </summary>
public sealed class PolicyPlan
{
    private readonly ModelKindCatalogue _kinds;
    private readonly List<PolicyChange> _changes;

    private PolicyPlan(ModelKindCatalogue kinds, PolicyReference first, RetrainingSchedule? schedule, List<PolicyChange>? changes)
    {
        (_kinds, Reference, Schedule) = (kinds, first, schedule);
        First = first.Load(kinds);
        (_changes, IsRecorded) = (changes ?? [], changes is not null);
    }

    /// <summary>The version that decides first.</summary>
    public PolicyReference Reference { get; }

    /// <summary>The policy that decides first.</summary>
    public WeightPolicy First { get; }

    /// <summary>When promoted versions are looked for; null = never.</summary>
    public RetrainingSchedule? Schedule { get; }

    /// <summary>Whether <see cref="Changes"/> are all that there are: the schedule is not followed once more.</summary>
    public bool IsRecorded { get; private set; }

    /// <summary>Versions after the first, in the order of time.</summary>
    public IReadOnlyList<PolicyChange> Changes => _changes;

    /// <summary>The policy that decides at the close of a bar, UTC ticks.</summary>
    public WeightPolicy At(long time)
    {
        for (var i = _changes.Count - 1; i >= 0; i--)
            if (_changes[i].After < time)
                return _changes[i].Policy;
        return First;
    }

    /// <summary>From here on changes are recorded and not looked for.</summary>
    public void Record() => IsRecorded = true;

    /// <summary>Puts a version in force.</summary>
    public void Add(PolicyChange change) => _changes.Add(change);

    /// <summary>
    /// The version that the rule of promotion puts in force at a time: the last promoted one that has not seen bars after it. It is newer
    /// than the one in force, or that one was rolled back.
    /// </summary>
    /// <param name="time">UTC ticks.</param>
    /// <param name="inForce">The version in force; null = still the first.</param>
    /// <returns>Null where the version in force stays.</returns>
    /// <exception cref="LearningInputException">The registry cannot be read, or the version is damaged.</exception>
    public PolicyChange? Find(long time, PolicyReference? inForce)
    {
        var registry = new ModelRegistry(ModelStores.Open(Reference.Registry), _kinds);
        if (registry.PromotedAt(Reference.Model, new DateTime(time, DateTimeKind.Utc)) is not { } version) return null;
        if (inForce is null ? version.Number <= Reference.Version : version.Number == inForce.Version) return null;
        var reference = Reference with { Version = version.Number, Hash = version.ModelHash };
        return new PolicyChange(time, reference, reference.Load(_kinds));
    }

    /// <summary>The change to a version that a journal names.</summary>
    /// <param name="after">UTC ticks.</param>
    /// <exception cref="LearningInputException">There is no such version any more, or it is another one.</exception>
    public PolicyChange Load(long after, int version, string hash)
    {
        var reference = Reference with { Version = version, Hash = hash };
        return new PolicyChange(after, reference, reference.Load(_kinds));
    }

    /// <summary>Reads the section <c>policy</c> of a production configuration, and loads its versions.</summary>
    /// <exception cref="InputException">A value is missing or wrong.</exception>
    /// <exception cref="LearningInputException">A version is missing, damaged or another one.</exception>
    public static Func<ModelKindCatalogue, PolicyPlan> Read(JsonPart part)
    {
        part.Only("model", "version", "registry", "hash", "refresh", "from", "changes");
        var first = PolicyReference.Read(part);
        var schedule = part.Find("refresh") is { } every
            ? new RetrainingSchedule(part.Need("from").Time(), RebalanceSpec.Span(every)) : null;
        List<(long After, PolicyReference Reference)>? changes = part.Find("changes") is { } list
            ? [.. list.List().Select(c => (c.Need("after").Time(), first with
                { Version = c.Need("version").Whole(1), Hash = c.Need("hash").String() }))] : null;
        return kinds => new PolicyPlan(kinds, first, schedule,
            changes?.ConvertAll(c => new PolicyChange(c.After, c.Reference, c.Reference.Load(kinds))));
    }

    /// <summary>Writes the section.</summary>
    public void Write(Utf8JsonWriter json) =>
        Write(json, Reference, Schedule?.Every, Schedule?.From ?? 0, IsRecorded ? _changes : null);

    /// <summary>Writes the section of a policy that was trained just now.</summary>
    /// <param name="refresh">Null where it is never replaced.</param>
    /// <param name="from">When it begins to decide, UTC ticks.</param>
    public static void Write(Utf8JsonWriter json, PolicyReference first, CalendarSpan? refresh, long from,
        IReadOnlyList<PolicyChange>? changes = null)
    {
        json.WriteStartObject("policy");
        json.WriteString("model", first.Model);
        json.WriteNumber("version", first.Version);
        json.WriteString("registry", ModelStores.Kept(first.Registry));
        json.WriteString("hash", first.Hash);
        if (refresh is { } every)
        {
            json.WriteString("refresh", every.ToString());
            json.WriteString("from", TimeText(from));
        }
        if (changes is not null && (refresh is not null || changes.Count > 0))
        {
            json.WriteStartArray("changes");
            foreach (var change in changes)
            {
                json.WriteStartObject();
                json.WriteString("after", TimeText(change.After));
                json.WriteNumber("version", change.Reference.Version);
                json.WriteString("hash", change.Reference.Hash);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static string TimeText(long ticks) =>
        new DateTime(ticks, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
