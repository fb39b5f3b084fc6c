using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Granary.Engine;
using Granary.Reinforcement.Training;
using Granary.Storage.Files;

namespace Granary.Cli.Reinforcement;

/// <summary>
/// Checkpoint file of a training. A process that was killed continues from it with bit-identical results. The file begins with the identity
/// of the training and ends with a hash of its content.
/// </summary>
/// <param name="path">Path of the file; its folder must exist.</param>
/// <param name="identity">Identity of the training. A file with a different identity is refused.</param>
internal sealed class TrainingCheckpoint(string path, string identity)
{
    private const string Mark = "granary-training-1";

    /// <summary>Returns the identity: everything that determines the bits of a training.</summary>
    public static string Identity(string environment, PpoSettings settings, long seed, long steps) =>
        $"{environment} seed {seed} steps {steps} {JsonSerializer.Serialize(settings, SettingsJson.Default.PpoSettings)}";

    /// <summary>Continues from the file if it exists.</summary>
    /// <exception cref="InputException">The file is damaged or belongs to another training.</exception>
    public void Resume(PpoTrainer trainer)
    {
        if (!File.Exists(path)) return;
        var bytes = File.ReadAllBytes(path);
        var content = bytes.AsSpan(0, Math.Max(0, bytes.Length - SHA256.HashSizeInBytes));
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(content.Length)))
            throw new InputException($"{path} is damaged: delete it and train again");
        using var reader = new BinaryReader(new MemoryStream(bytes, 0, content.Length));
        if (reader.ReadString() != Mark) throw new InputException($"{path} is not a checkpoint of this version of Granary: delete it");
        if (reader.ReadString() != identity)
            throw new InputException($"{path} belongs to a training with other settings: name another folder, or delete it");
        try
        {
            trainer.Read(reader);
        }
        catch (InputException e)
        {
            throw e.At(path);
        }
    }

    /// <summary>Saves the state of the training; replaces the file.</summary>
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
