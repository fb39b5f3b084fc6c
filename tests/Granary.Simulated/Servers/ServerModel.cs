using Granary.Contracts.Jobs;
using Granary.Engine;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Server.Budgets;
using Granary.Simulated.Kernel;
using Granary.Simulation.Validation;
using Granary.Storage.Files;

namespace Granary.Simulated.Servers;

/// <summary>What a server answered, and what must therefore hold.</summary>
internal sealed class ServerModel
{
    private readonly Dictionary<string, string> _accepted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JobStatus> _ended = new(StringComparer.Ordinal);
    // The ends that a caller wanted to be gone.
    private readonly Dictionary<string, DateTimeOffset?> _resumed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<UInt128>> _charging = new(StringComparer.Ordinal), _charged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<int>> _trying = new(StringComparer.Ordinal), _tried = new(StringComparer.Ordinal);
    private readonly List<(string Model, ModelVersion Version)> _versions = [];
    private readonly Dictionary<string, (int Current, int Wanted)> _pointers = new(StringComparer.Ordinal);

    /// <summary>Ids of the accepted jobs.</summary>
    public IEnumerable<string> Accepted => _accepted.Values;

    /// <summary>A submission was answered.</summary>
    public void Accepts(JobWish wish, JobStatus job)
    {
        var key = wish.Name;
        Charged(wish);
        if (_accepted.TryGetValue(key, out var known))
            Oracle.Demand(known == job.Id, "one job for a key", $"{key} had the job {known}, and has {job.Id}");
        else _accepted[key] = job.Id;
        Shows(job);
    }

    /// <summary>A caller was shown a status.</summary>
    public void Shows(JobStatus job)
    {
        if (_ended.TryGetValue(job.Id, out var end))
            Oracle.Demand(job.State == end.State && job.FinishedAt == end.FinishedAt, "an end stays",
                $"{job.Id} was shown as {end.State} at {end.FinishedAt:HH:mm:ss.fff}, and is {job.State} at {job.FinishedAt:HH:mm:ss.fff}");
        if (job.Ended && _resumed.GetValueOrDefault(job.Id) != job.FinishedAt) _ended[job.Id] = job;
    }

    /// <summary>A caller asks to resume a job: its end may be gone, also later and whatever the answer is.</summary>
    public void Resumes(string id, JobStatus end)
    {
        _resumed[id] = end.FinishedAt;
        _ended.Remove(id);
    }

    /// <summary>A job is about to be charged.</summary>
    public void Charges(JobWish wish) => Of(_charging, wish.Client).UnionWith(CombinationsOf(wish));

    /// <summary>A charge was answered.</summary>
    public void Charged(JobWish wish) => Of(_charged, wish.Client).UnionWith(CombinationsOf(wish));

    public static IReadOnlyList<UInt128> CombinationsOf(JobWish wish) =>
        [.. wish.Combinations.Select(c => TrialLedger.HashOf($"{wish.DataSet} {c}") | 1)];

    public void Tries(JobWish wish) => Of(_trying, wish.DataSet).UnionWith(wish.Combinations);

    public void Tried(JobWish wish) => Of(_tried, wish.DataSet).UnionWith(wish.Combinations);

    public void Added(string model, ModelVersion version) => _versions.Add((model, version));

    public void Promotes(string model, int number) => _pointers[model] = (_pointers.GetValueOrDefault(model).Current, number);

    public void Promoted(string model, int number) => _pointers[model] = (number, number);

    /// <summary>Compares what a server shows after its start.</summary>
    public void Compare(Func<string, JobStatus?> find)
    {
        foreach (var id in _accepted.Values)
        {
            var job = find(id);
            Oracle.Demand(job is not null, "accepted jobs survive", $"{id} was accepted, and is unknown");
            Shows(job!);
        }
    }

    /// <summary>Compares what the disk has.</summary>
    public void Compare(Disk disk)
    {
        CompareAccounts(disk);
        var ledger = new TrialLedger(SimulatedServer.Trials, disk: disk);
        foreach (var (dataSet, trying) in _trying)
        {
            var count = ledger.Count(dataSet);
            Oracle.Demand(count >= Of(_tried, dataSet).Count && count <= trying.Count, "trials counted once",
                $"{dataSet} has {count} trials; at least {Of(_tried, dataSet).Count} and at most {trying.Count} were tried");
        }
        CompareModels(new ModelRegistry(new FileModelStore(SimulatedServer.Models, disk.Files), ModelKindCatalogue.BuiltIn));
    }

    private void CompareAccounts(Disk disk)
    {
        var accounts = new TrialAccounts(SimulatedServer.Research, disk: disk);
        foreach (var (client, charging) in _charging)
        {
            var used = accounts.Used(client);
            Oracle.Demand(used >= Of(_charged, client).Count && used <= charging.Count, "budgets charged once",
                $"{client} has {used} trials; at least {Of(_charged, client).Count} and at most {charging.Count} were charged");
        }
    }

    private void CompareModels(ModelRegistry registry)
    {
        // A version is there completely or not at all, also one whose addition had no answer.
        foreach (var model in registry.Models())
            foreach (var number in registry.Numbers(model)) Whole(model, number, () => registry.LoadBytes(model, number));
        foreach (var (model, version) in _versions)
            Whole(model, version.Number, () => Oracle.Demand(
                registry.LoadBytes(model, version.Number).Version.ModelHash == version.ModelHash,
                "versions are whole", $"{model} {version.Number} has other bytes"));
        foreach (var (model, (current, wanted)) in _pointers)
        {
            var pointer = registry.Pointer(model).Current;
            Oracle.Demand(pointer == current || pointer == wanted, "the pointer stays",
                $"{model} points to {pointer}; {current} was promoted, and {wanted} was asked for");
            if (pointer > 0) Whole(model, pointer, () => registry.LoadBytes(model, pointer));
            _pointers[model] = (pointer, wanted);
        }
    }

    private static void Whole(string model, int number, Action read)
    {
        try
        {
            read();
        }
        catch (InputException e)
        {
            throw new OracleException("versions are whole", $"{model} {number}: {e.Message}");
        }
    }

    private static HashSet<T> Of<T>(Dictionary<string, HashSet<T>> sets, string name) =>
        sets.TryGetValue(name, out var known) ? known : sets[name] = [];
}
