using System.Text;
using Granary.Data.Brokers;
using Granary.Engine;

namespace Granary.Exchanges.Connections;

/// <summary>
/// The API key of one exchange, from the environment: <c>GRANARY_KUCOIN_KEY</c>, <c>_SECRET</c> and <c>_PASSPHRASE</c>, or from the files
/// that <c>GRANARY_KUCOIN_KEY_FILE</c> etc. name. Text forms of this type never contain the secret.
/// </summary>
internal sealed class ApiCredentials
{
    private readonly byte[] _secret;

    public ApiCredentials(string key, string secret, string passphrase = "") =>
        (Key, _secret, Passphrase) = (key, Encoding.UTF8.GetBytes(secret), passphrase);

    public string Key { get; }

    public string Passphrase { get; }

    public ReadOnlySpan<byte> Secret => _secret;

    public override string ToString() => $"API key of {Key.Length} characters";

    /// <summary>Reads the credentials of an exchange.</summary>
    /// <param name="exchange">The exchange, such as <c>kucoin</c>.</param>
    /// <param name="hasPassphrase">Whether the exchange's keys have a passphrase.</param>
    /// <param name="variable">Returns the value of an environment variable; null if it is not set.</param>
    /// <exception cref="InputException">A variable is missing; the message names it.</exception>
    public static ApiCredentials Read(string exchange, bool hasPassphrase, Func<string, string?> variable)
    {
        var prefix = $"GRANARY_{exchange.ToUpperInvariant()}_";
        return new ApiCredentials(Value("KEY"), Value("SECRET"), hasPassphrase ? Value("PASSPHRASE") : "");

        string Value(string part)
        {
            var name = prefix + part;
            if (variable(name) is { Length: > 0 } value) return value.Trim();
            if (variable(name + "_FILE") is not { Length: > 0 } file)
                throw new InputException($"broker '{exchange}': the environment variable {name} is not set; set it, or name a file "
                    + $"that holds it with {name}_FILE");
            try
            {
                return File.ReadAllText(file).Trim() is { Length: > 0 } text ? text
                    : throw new InputException($"broker '{exchange}': the file of {name}_FILE is empty; write the value into it");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InputException($"broker '{exchange}': the file of {name}_FILE cannot be read ({e.Message.TrimEnd('.')}); "
                    + "correct its path or its rights", e);
            }
        }
    }
}
