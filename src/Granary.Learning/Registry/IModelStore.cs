using Granary.Engine;

namespace Granary.Learning.Registry;

/// <summary>
/// Storage of a <see cref="ModelRegistry"/>. Acknowledged writes are durable. A version is written completely or not at all, and never
/// changed.
/// </summary>
public interface IModelStore
{
    /// <summary>Names of the models with a version, in ordinal order.</summary>
    IReadOnlyList<string> Models();

    /// <summary>Version numbers of a model, ascending; empty if there are none.</summary>
    IReadOnlyList<int> Versions(string model);

    /// <returns>False if the number is already used.</returns>
    bool TryAdd(string model, int number, byte[] bytes, byte[] lineage);

    /// <returns>Null if the version does not exist.</returns>
    /// <exception cref="InputException">A part of the version is missing or cannot be read.</exception>
    (byte[] Bytes, byte[] Lineage)? Read(string model, int number);

    /// <returns>Null if no version was ever promoted.</returns>
    byte[]? ReadPointer(string model);

    /// <summary>Replaces the pointer atomically: no other process or thread changes it between the read and the write.</summary>
    /// <param name="change">Maps the pointer (null if no version was ever promoted) to the next one; null leaves it unchanged.</param>
    void ChangePointer(string model, Func<byte[]?, byte[]?> change);
}
