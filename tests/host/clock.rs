//! Time goes by, and an interrupt ends a wait.

use std::time::Duration;

use super::on_both_hosts;

on_both_hosts! {
    fn both_clocks_go_on_while_we_sleep(place) {
        let host = place.host();
        let (now, since) = (host.now(), host.monotonic());
        let nap = Duration::from_millis(20);
        host.sleep(nap);
        assert!(host.monotonic() - since >= nap);
        // Another program may set it meanwhile, but not a test's.
        assert!(host.now().duration_since(now).unwrap() >= nap);
    }

    /// Without an end of it, this would sleep for a century.
    fn an_interrupt_ends_a_sleep_unless_it_is_held_off(place) {
        let host = place.host();
        host.interrupt().request();
        host.sleep(Duration::from_secs(3_000_000_000));
        let (_hold, since) = (host.interrupt().hold(), host.monotonic());
        host.sleep(Duration::from_millis(20));
        assert!(host.monotonic() - since >= Duration::from_millis(20));
    }
}
