using System.Globalization;
using System.Text.Json;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Learning.Registry;
using Granary.Reinforcement.Policies;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Json;
using Granary.Simulation.Models;

namespace Granary.Simulation.Batches;

/// <summary>
/// The policy of a production configuration with the versions that replace it: those in its <c>changes</c>, or promoted ones found by the
/// schedule of its <c>refresh</c>. A session records the versions that it really used, so a backtest of its bars uses the same ones.
/// </summary>
internal sealed class PolicyPlan
{
    private readonly GranaryCatalogues _catalogues;
    private readonly List<PolicyChange> _changes;

    private PolicyPlan(GranaryCatalogues catalogues, PolicyReference first, RetrainingSchedule? schedule, List<PolicyChange>? changes)
    {
        (_catalogues, Reference, Schedule) = (catalogues, first, schedule);
        First = first.Load(catalogues);
        (_changes, IsRecorded) = (changes ?? [], changes is not null);
    }

    /// <summary>Reference of the first version.</summary>
    public PolicyReference Reference { get; }

    /// <summary>Policy of the first version.</summary>
    public WeightPolicy First { get; }

    /// <summary>Schedule at which to check for promoted versions; null = never.</summary>
    public RetrainingSchedule? Schedule { get; }

    /// <summary>Whether <see cref="Changes"/> is complete, so the schedule is not followed again.</summary>
    public bool IsRecorded { get; private set; }

    /// <summary>Changes after the first version, in chronological order.</summary>
    public IReadOnlyList<PolicyChange> Changes => _changes;

    /// <summary>Returns the policy in force at the close of a bar, UTC ticks.</summary>
    public WeightPolicy At(long time)
    {
        for (var i = _changes.Count - 1; i >= 0; i--)
            if (_changes[i].After < time)
                return _changes[i].Policy;
        return First;
    }

    /// <summary>Marks the changes as complete: from now on they are recorded and not searched for.</summary>
    public void Record() => IsRecorded = true;

    /// <summary>Adds a change of the version in force.</summary>
    public void Add(PolicyChange change) => _changes.Add(change);

    /// <summary>
    /// Returns the version that promotion puts in force at a time: the last promoted one that was trained on no later bars. It is newer
    /// than the version in force, or that version was rolled back.
    /// </summary>
    /// <param name="time">UTC ticks.</param>
    /// <param name="inForce">The version in force; null = the first one.</param>
    /// <returns>Null if the version in force stays.</returns>
    /// <exception cref="InputException">The registry cannot be read, or the version is damaged.</exception>
    public PolicyChange? Find(long time, PolicyReference? inForce)
    {
        var registry = _catalogues.OpenRegistry(Reference.Registry);
        if (registry.PromotedAt(Reference.Model, new DateTime(time, DateTimeKind.Utc)) is not { } version) return null;
        if (inForce is null ? version.Number <= Reference.Version : version.Number == inForce.Version) return null;
        var reference = Reference with { Version = version.Number, Hash = version.ModelHash };
        return new PolicyChange(time, reference, reference.Load(_catalogues));
    }

    /// <summary>Loads the change to a version that a journal names.</summary>
    /// <param name="after">UTC ticks.</param>
    /// <exception cref="InputException">The version no longer exists, or its hash differs.</exception>
    public PolicyChange Load(long after, int version, string hash)
    {
        var reference = Reference with { Version = version, Hash = hash };
        return new PolicyChange(after, reference, reference.Load(_catalogues));
    }

    /// <summary>Reads the section <c>policy</c> of a production configuration. The returned function loads its versions.</summary>
    /// <exception cref="InputException">A value is missing or invalid.</exception>
    /// <exception cref="InputException">A version is missing or damaged, or its hash differs.</exception>
    public static Func<GranaryCatalogues, PolicyPlan> Read(JsonPart part)
    {
        part.Only("model", "version", "registry", "hash", "refresh", "from", "changes");
        var first = PolicyReference.Read(part);
        var schedule = part.Find("refresh") is { } every
            ? new RetrainingSchedule(part.Need("from").Time(), every.CalendarSpan()) : null;
        List<(long After, PolicyReference Reference)>? changes = part.Find("changes") is { } list
            ? [.. list.List().Select(c => (c.Need("after").Time(), first with
                { Version = c.Need("version").Whole(1), Hash = c.Need("hash").String() }))] : null;
        return catalogues => new PolicyPlan(catalogues, first, schedule,
            changes?.ConvertAll(c => new PolicyChange(c.After, c.Reference, c.Reference.Load(catalogues))));
    }

    /// <summary>Writes the section.</summary>
    public void Write(Utf8JsonWriter json) =>
        Write(json, Reference, Schedule?.Every, Schedule?.From ?? 0, IsRecorded ? _changes : null);

    /// <summary>Writes the section for a newly trained policy.</summary>
    /// <param name="refresh">Interval of the check for newer versions; null = never.</param>
    /// <param name="from">Time from which the policy decides, UTC ticks.</param>
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
