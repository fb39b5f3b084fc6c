using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Learning.Reinforcement.Policies;
using Granary.Learning.Reinforcement.Training;
using Granary.Modelling.Allocation;
using Granary.Storage.Files;

namespace Granary.Modelling.Weighting;

/// <summary>
/// Finished trainings of a batch's allocators, in files of the run's folder: a run that was killed goes on with them, and ends with the
/// same bits. The folder belongs to one batch over one set of bars.
/// </summary>
/// <param name="folder">Made when the first training is kept.</param>
public sealed class AllocatorCheckpoints(string folder)
{
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private sealed record Kept(long Seed, byte[] Policy, double Validation, IReadOnlyList<TrainingCurvePoint> Curve);

    /// <summary>The training of this key; null where it is not there or damaged.</summary>
    internal TrainedAllocator? Find(string key)
    {
        var path = PathOf(key);
        if (!File.Exists(path)) return null;
        var bytes = File.ReadAllBytes(path);
        var content = bytes.AsSpan(0, Math.Max(0, bytes.Length - SHA256.HashSizeInBytes));
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length))) return null;
        var kept = JsonSerializer.Deserialize<Kept>(content, Json)!;
        return new TrainedAllocator(kept.Seed, TrainedPolicy.FromBytes(kept.Policy), Convert.ToHexStringLower(SHA256.HashData(kept.Policy)),
            kept.Validation, kept.Curve);
    }

    /// <summary>Keeps a training. Several threads may do so.</summary>
    internal void Keep(string key, TrainedAllocator trained)
    {
        Directory.CreateDirectory(folder);
        var content = JsonSerializer.SerializeToUtf8Bytes(
            new Kept(trained.Seed, trained.Policy.ToBytes(), trained.Validation, trained.Curve), Json);
        AtomicFile.Write(PathOf(key), [.. content, .. SHA256.HashData(content)]);
    }

    private string PathOf(string key) => Path.Combine(folder, key + ".allocator");
}
