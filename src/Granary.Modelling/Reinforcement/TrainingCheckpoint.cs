using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Learning;
using Granary.Learning.Reinforcement.Training;
using Granary.Simulation.Json;
using Granary.Storage.Files;

namespace Granary.Modelling.Reinforcement;

/// <summary>
/// A training's file, from which a process that was killed goes on with the same bits. It begins with the identity of the training and
/// ends with a hash of its content.
/// </summary>
/// <param name="path">Its folder exists.</param>
/// <param name="identity">Of the training; the file of another one is refused.</param>
public sealed class TrainingCheckpoint(string path, string identity)
{
    private const string Mark = "granary-training-1";

    /// <summary>Everything that decides the bits of a training.</summary>
    public static string Identity(string environment, PpoSettings settings, long seed, long steps) =>
        $"{environment} seed {seed} steps {steps} {JsonSerializer.Serialize(settings)}";

    /// <summary>Continues from the file where there is one.</summary>
    /// <exception cref="InputException">The file is of another training or damaged.</exception>
    public void Resume(PpoTrainer trainer)
    {
        if (!File.Exists(path)) return;
        var bytes = File.ReadAllBytes(path);
        var content = bytes.AsSpan(0, Math.Max(0, bytes.Length - SHA256.HashSizeInBytes));
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length)))
            throw new InputException($"{path} is damaged: delete it and train again");
        using var reader = new BinaryReader(new MemoryStream(bytes, 0, content.Length));
        if (reader.ReadString() != Mark) throw new InputException($"{path} is no checkpoint of this version of Granary: delete it");
        if (reader.ReadString() != identity)
            throw new InputException($"{path} belongs to a training with other settings: name another folder, or delete it");
        try
        {
            trainer.Read(reader);
        }
        catch (LearningInputException e)
        {
            throw new InputException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Replaces the file.</summary>
    public void Save(PpoTrainer trainer)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Mark);
            writer.Write(identity);
            trainer.Write(writer);
        }
        stream.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        AtomicFile.Write(path, stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }
}
