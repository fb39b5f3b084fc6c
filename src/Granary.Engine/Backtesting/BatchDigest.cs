using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Granary.Engine.Backtesting;

/// <summary>
/// The digest of a batch: SHA-256 over its strategies' ids and digests in plan order, and the portfolio's digest.
/// </summary>
internal sealed class BatchDigest
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Adds the next strategy; the order of calls is the plan's.</summary>
    public void Add(string id, UInt128 digest)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, digest);
        _hash.AppendData(Encoding.UTF8.GetBytes(id + "\n"));
        _hash.AppendData(bytes);
    }

    /// <summary>Lower-case hex; call it once, at the end.</summary>
    public string Finish() => Convert.ToHexStringLower(_hash.GetHashAndReset());
}
