using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Granary.Simulated.Kernel;

/// <summary>What happened in a run: a line for each event, whose hash tells two runs apart.</summary>
/// <param name="output">Where the lines are written; null only hashes them.</param>
internal sealed class Trace(TextWriter? output)
{
    private readonly XxHash128 _hash = new();
    private byte[] _bytes = new byte[512];

    /// <summary>Of all lines so far.</summary>
    public string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public long Lines { get; private set; }

    /// <summary>Adds a line.</summary>
    /// <param name="time">Ticks since the run began.</param>
    /// <param name="process">Whose event it is; empty for the world outside.</param>
    public void Add(long time, string process, string what)
    {
        Lines++;
        var size = 8 + Encoding.UTF8.GetMaxByteCount(process.Length + what.Length + 2);
        if (_bytes.Length < size) _bytes = new byte[size];
        BitConverter.TryWriteBytes(_bytes, time);
        var end = 8 + Encoding.UTF8.GetBytes(process, _bytes.AsSpan(8));
        _bytes[end++] = 0;
        end += Encoding.UTF8.GetBytes(what, _bytes.AsSpan(end));
        _bytes[end++] = 0;
        _hash.Append(_bytes.AsSpan(0, end));
        output?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeSpan.FromTicks(time):c}  {process,-10}  {what}"));
    }
}
