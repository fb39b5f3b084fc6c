using System.Text;

namespace Granary.Notifications;

/// <summary>A password, token or address that no log, answer or error may show.</summary>
internal sealed class Secret
{
    private const string Hidden = "…";
    private const int ShortestPart = 8;

    private readonly string _value;
    private readonly string[] _forms;

    /// <param name="parts">Parts of it that are secret on their own.</param>
    public Secret(string value, params IEnumerable<string> parts)
    {
        _value = value;
        _forms = [.. parts.Where(p => p.Length >= ShortestPart).Prepend(value).Where(p => p.Length > 0).SelectMany(Forms).Distinct()
            .OrderByDescending(f => f.Length)];
    }

    /// <summary>Returns the value, only to send it to its receiver.</summary>
    internal string Reveal() => _value;

    /// <summary>Returns a text without the secret, for example an answer in which the receiver repeats it.</summary>
    public string Hide(string text) => _forms.Aggregate(text, (t, form) => t.Replace(form, Hidden, StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => Hidden;

    private static IEnumerable<string> Forms(string part) =>
        [part, Uri.EscapeDataString(part), Convert.ToBase64String(Encoding.UTF8.GetBytes(part))];
}
