using System.Text;
using System.Text.Json;
using Granary.Engine;

namespace Granary.Api.Uploads;

/// <summary>Checks the content of an upload while it arrives. Buffers at most one line or JSON token.</summary>
internal abstract class UploadCheck
{
    /// <summary>The longest line of a CSV, and the longest JSON token, bytes.</summary>
    protected const int Longest = 1 << 20;

    public static UploadCheck Of(string name) => name.EndsWith(".csv", StringComparison.Ordinal) ? new Csv(name) : new Json(name);

    /// <exception cref="InputException">The content is not of its kind.</exception>
    public abstract void Take(ReadOnlySpan<byte> part);

    /// <summary>Completes the check after the last bytes.</summary>
    /// <inheritdoc cref="Take"/>
    public abstract void End();

    private sealed class Csv(string name) : UploadCheck
    {
        private readonly Decoder _decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        private readonly char[] _text = new char[1 << 16];
        private long _line = 1, _inLine, _all;

        public override void Take(ReadOnlySpan<byte> part)
        {
            try
            {
                while (part.Length > 0)
                {
                    var now = part[..Math.Min(part.Length, 1 << 14)];
                    var count = _decoder.GetChars(now, _text, flush: false);
                    foreach (var c in _text.AsSpan(0, count)) Take(c);
                    part = part[now.Length..];
                }
            }
            catch (DecoderFallbackException e)
            {
                throw new InputException($"{name}, line {_line}: this is not UTF-8 text; save the file as UTF-8", e);
            }
        }

        private void Take(char c)
        {
            _all++;
            if (c == '\n') (_line, _inLine) = (_line + 1, 0);
            else if (++_inLine > Longest) throw new InputException($"{name}, line {_line}: the line is longer than {Longest} characters");
            if (char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
                throw new InputException($"{name}, line {_line}: the line has a control character; upload text, not a compressed file");
        }

        public override void End()
        {
            if (_all == 0) throw new InputException($"{name} is empty");
        }
    }

    private sealed class Json(string name) : UploadCheck
    {
        private readonly List<byte> _rest = [];
        private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = 64 });

        public override void Take(ReadOnlySpan<byte> part) => Read(part, isLast: false);

        public override void End() => Read([], isLast: true);

        private void Read(ReadOnlySpan<byte> part, bool isLast)
        {
            _rest.AddRange(part);
            var bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rest);
            try
            {
                var reader = new Utf8JsonReader(bytes, isLast, _state);
                while (reader.Read())
                {
                    if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueSpan.Length > Longest)
                        throw new InputException($"{name}: a text is longer than {Longest} bytes");
                }
                _state = reader.CurrentState;
                _rest.RemoveRange(0, (int)reader.BytesConsumed);
            }
            catch (JsonException e)
            {
                var reason = e.Message.Split(" LineNumber:")[0];
                throw new InputException($"{name}, line {e.LineNumber + 1}: this is not valid JSON: {reason}", e);
            }
            if (_rest.Count > Longest) throw new InputException($"{name}: a value is longer than {Longest} bytes");
        }
    }
}
