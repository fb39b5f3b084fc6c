namespace Granary.Learning.Registry;

/// <summary>
/// Keeps what a <see cref="ModelRegistry"/> is made of. Acknowledged means durable; a version is written whole or not at all, and never
/// again.
/// </summary>
public interface IModelStore
{
    /// <summary>Names that have a version, in ordinal order.</summary>
    IReadOnlyList<string> Models();

    /// <summary>Numbers of a model's versions, rising; empty where there is none.</summary>
    IReadOnlyList<int> Versions(string model);

    /// <returns>False where that number is taken.</returns>
    bool TryAdd(string model, int number, byte[] bytes, byte[] lineage);

    /// <returns>Null where there is no such version.</returns>
    (byte[] Bytes, byte[] Lineage)? Read(string model, int number);

    /// <returns>Null where nothing was ever promoted.</returns>
    byte[]? ReadPointer(string model);

    /// <summary>Replaces the pointer; no other process or thread changes it between the reading and the writing.</summary>
    /// <param name="change">From the pointer, null where nothing was ever promoted, to the next one; null leaves it as it is.</param>
    void ChangePointer(string model, Func<byte[]?, byte[]?> change);
}
