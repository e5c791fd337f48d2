// Licensed under the Apache License, Version 2.0. See LICENSE.
// Ported from Kamaelia/Internet/Simulate/BrokenNetwork.py. Copyright BBC and Kamaelia Contributors.

namespace Kamaelia.Internet.Simulate;

/// <summary>The base of the stages that spoil a stream on purpose, to test what is to survive a bad network.</summary>
/// <remarks>
/// <para><em>Example usage</em>: twice the same run, because the seed is the same.</para>
/// <code>
/// Random random = new(2026);
/// new Pipeline(
///     new Sender(),
///     new Duplicate(random: random), new Throwaway(random: random), new Reorder(random: random), new Delay(latency, random: random),
///     new Receiver()).Run();
/// </code>
/// <para><em>How does it work?</em> Items are opaque: never looked at, copied or changed. Where the receiver is full a stage keeps what it has and
/// takes nothing more, so nothing is lost but what is lost on purpose.</para>
/// <para><em>Boxes</em>: <c>"inbox"</c> items, <c>"outbox"</c> what the network makes of them. <c>"control"</c>: a
/// <see cref="ProducerFinished"/> lets everything out that is still in here, in its own time; a <see cref="ShutdownMicroprocess"/> drops it.
/// Either is passed on through <c>"signal"</c>, and ends the stage.</para>
/// <para>Random numbers come from the scheduler unless a stage is given a <see cref="Random"/>, which stages of one scheduler may share.</para>
/// <para>Cost: no allocation per item, no step without one.</para>
/// <para>Threads: the component's own thread only.</para>
/// <para>Source: Kamaelia/Internet/Simulate/BrokenNetwork.py.</para>
/// </remarks>
// PORT: differs. Python's never end, are busy when nothing arrives, and crash if the receiver is full.
[Inbox("inbox", "Items.")]
[Inbox("control", "ProducerFinished: let out what is in here, then end. ShutdownMicroprocess: end.")]
[Outbox("outbox", "What the network makes of them.")]
[Outbox("signal", "Shutdown messages passed on.")]
public abstract class BrokenNetwork : Component
{
    private readonly Random? _random;

    // What ends it; a stop is stronger than a finish.
    private Ipc? _order;

    private protected BrokenNetwork(Random? random)
    {
        _random = random;
        WokenByCollection = false;
    }

    private protected Random Random => _random ?? Scheduler!.Random;

    /// <summary>Whether no more will arrive than is in the inbox.</summary>
    private protected bool IsFinishing => _order is not null;

    private bool IsStopping => _order is ShutdownMicroprocess;

    /// <inheritdoc/>
    protected override IEnumerator<Yield> Main()
    {
        while (true)
        {
            ReadControl();
            while (!IsStopping && TryGetNext(out object? item))
            {
                while (!IsStopping && !TrySend(item))
                {
                    WokenByCollection = true;
                    yield return Pause();
                    ReadControl();
                }
            }

            if (IsStopping || (IsFinishing && TimeToNext() is null))
            {
                break;
            }

            WokenByCollection = false;
            yield return TimeToNext() is { } time ? Pause(time) : Pause();
        }

        WokenByCollection = true;
        while (!TrySend(_order, "signal"))
        {
            yield return Pause();
        }
    }

    /// <summary>Takes from the inbox what there is, and says what goes out next.</summary>
    /// <param name="item">The item.</param>
    /// <returns>False if there is nothing to send now.</returns>
    private protected abstract bool TryGetNext(out object? item);

    /// <summary>How long until there is something to send even if nothing more arrives; null if there will not be.</summary>
    private protected virtual TimeSpan? TimeToNext() => null;

    /// <summary>Throws the dice.</summary>
    private protected bool Happens(double probability) => Random.NextDouble() < probability;

    private protected static double ThrowUnlessProbability(double probability) => probability is >= 0 and <= 1
        ? probability
        : throw new ArgumentOutOfRangeException(
            nameof(probability), probability, "A probability is between 0, which is never, and 1, which is always. Give one of these.");

    private void ReadControl()
    {
        while (TryRecv(out object? message, "control"))
        {
            _order = message switch
            {
                ShutdownMicroprocess stop when !IsStopping => stop,
                ProducerFinished finish when _order is null => finish,
                _ => _order,
            };
        }
    }
}
