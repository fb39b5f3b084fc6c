using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Modelling.Allocation;
using Granary.Reinforcement.Policies;
using Granary.Reinforcement.Training;
using Granary.Storage.Files;

namespace Granary.Modelling.Weighting;

/// <summary>
/// Stores the finished trainings of a batch's allocators as files in the run's folder. A run that was killed reuses them and ends with
/// bit-identical results. The folder belongs to one batch on one set of bars.
/// </summary>
/// <param name="folder">Created when the first training is stored.</param>
internal sealed class AllocatorCheckpoints(string folder)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        TypeInfoResolver = JsonSerializer.IsReflectionEnabledByDefault ? null : KeptAllocatorJson.Default,
    };

    internal sealed record Kept(long Seed, byte[] Policy, double Validation, IReadOnlyList<TrainingCurvePoint> Curve);

    /// <summary>Loads the training with this key; null if it is missing or damaged.</summary>
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

    /// <summary>Stores a training. Thread-safe.</summary>
    internal void Keep(string key, TrainedAllocator trained)
    {
        Directory.CreateDirectory(folder);
        var content = JsonSerializer.SerializeToUtf8Bytes(
            new Kept(trained.Seed, trained.Policy.ToBytes(), trained.Validation, trained.Curve), Json);
        AtomicFile.Write(PathOf(key), [.. content, .. SHA256.HashData(content)]);
    }

    private string PathOf(string key) => Path.Combine(folder, key + ".allocator");
}
