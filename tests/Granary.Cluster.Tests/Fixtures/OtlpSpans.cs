using System.Text;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>A span as it was sent.</summary>
/// <param name="Silo">The resource's <c>service.instance.id</c>.</param>
internal sealed record OtlpSpan(string Silo, string TraceId, string SpanId, string Parent, string Name,
    IReadOnlyDictionary<string, string> Tags);

/// <summary>Reads an ExportTraceServiceRequest of opentelemetry-proto, as far as tests ask for it.</summary>
internal static class OtlpSpans
{
    public static IReadOnlyList<OtlpSpan> Read(byte[] request)
    {
        var spans = new List<OtlpSpan>();
        foreach (var resourceSpans in Fields(request).Where(f => f.Number == 1))
        {
            var parts = Fields(resourceSpans.Bytes).ToList();
            var silo = parts.Where(f => f.Number == 1).SelectMany(r => Fields(r.Bytes)).Where(f => f.Number == 1).Select(Attribute)
                .FirstOrDefault(a => a.Name == "service.instance.id").Text ?? "";
            foreach (var span in parts.Where(f => f.Number == 2).SelectMany(s => Fields(s.Bytes)).Where(f => f.Number == 2))
            {
                var own = Fields(span.Bytes).ToList();
                string Hex(int number) => Convert.ToHexStringLower(own.FirstOrDefault(f => f.Number == number).Bytes ?? []);
                spans.Add(new OtlpSpan(silo, Hex(1), Hex(2), Hex(4), Encoding.UTF8.GetString(own.First(f => f.Number == 5).Bytes),
                    own.Where(f => f.Number == 9).Select(Attribute).ToDictionary(a => a.Name, a => a.Text)));
            }
        }
        return spans;
    }

    private static (string Name, string Text) Attribute((int Number, byte[] Bytes) field)
    {
        var parts = Fields(field.Bytes).ToList();
        var value = parts.Where(p => p.Number == 2).SelectMany(v => Fields(v.Bytes)).FirstOrDefault(v => v.Number is 1 or 3).Bytes ?? [];
        return (Encoding.UTF8.GetString(parts.First(p => p.Number == 1).Bytes), Encoding.UTF8.GetString(value));
    }

    // Fields of a message in protobuf's encoding; numbers come as their decimal digits.
    private static IEnumerable<(int Number, byte[] Bytes)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Number(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    yield return ((int)(tag >> 3), Encoding.UTF8.GetBytes($"{Number(message, ref at)}"));
                    break;
                case 1: at += 8; break;
                case 5: at += 4; break;
                case 2:
                    var length = (int)Number(message, ref at);
                    yield return ((int)(tag >> 3), message[at..(at + length)]);
                    at += length;
                    break;
                default: throw new FormatException($"wire type {tag & 7}");
            }
        }
    }

    private static ulong Number(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(message[at] & 0x7f) << shift;
            if (message[at++] < 0x80) return value;
        }
    }
}
